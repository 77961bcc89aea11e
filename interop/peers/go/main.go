// Peer is a Flight server and client on Arrow's Go library.
//
//	peer server --port 0 [--scenario ordered]
//	peer client --host 127.0.0.1 --port 8815 --scenario ordered [--data FOLDER] [--skip FILE]...
//
// The server's first line of output is "ready at URL"; it ends when its standard input does. The client ends
// with 0, or with 1 and a sentence that says what was not as it has to be.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
)

type words []string

func (w *words) String() string { return fmt.Sprint(*w) }

func (w *words) Set(word string) error {
	*w = append(*w, word)
	return nil
}

type options struct {
	host, scenario, data string
	port                 int
	skip                 words
}

func main() {
	role := "neither"
	if len(os.Args) > 1 {
		role = os.Args[1]
	}
	var o options
	flags := flag.NewFlagSet("peer", flag.ExitOnError)
	flags.StringVar(&o.host, "host", "127.0.0.1", "where the server is")
	flags.IntVar(&o.port, "port", 0, "its port; 0 lets a server choose")
	flags.StringVar(&o.scenario, "scenario", "data", "what to play")
	flags.StringVar(&o.data, "data", ".", "the folder of tables to put")
	flags.Var(&o.skip, "skip", "a table not to put")
	if len(os.Args) > 2 {
		_ = flags.Parse(os.Args[2:])
	}
	if err := run(role, o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(role string, o options) error {
	switch role {
	case "server":
		server, err := newServer(o.scenario, fmt.Sprintf("%s:%d", o.host, o.port))
		if err != nil {
			return err
		}
		fmt.Printf("ready at grpc://%s\n", server.Addr())
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
		return server.Serve()
	case "client":
		play, known := scenarios[o.scenario]
		if !known {
			return fmt.Errorf("no scenario %s", o.scenario)
		}
		return play(context.Background(), o)
	}
	return fmt.Errorf("server or client, not %s", role)
}

func expect[T comparable](what string, got, wanted T) error {
	if got != wanted {
		return fmt.Errorf("%s: %v was expected, %v came", what, wanted, got)
	}
	return nil
}

func expectAll[T comparable](what string, got, wanted []T) error {
	if !slices.Equal(got, wanted) {
		return fmt.Errorf("%s: %v was expected, %v came", what, wanted, got)
	}
	return nil
}
