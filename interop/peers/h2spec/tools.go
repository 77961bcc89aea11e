//go:build tools

// Package peers pins h2spec, the conformance test for HTTP/2 that H2SpecTest builds and runs.
package peers

import _ "github.com/summerwind/h2spec/cmd/h2spec"
