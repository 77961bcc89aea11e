package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

func data(ctx context.Context, o options) error {
	client, err := connect(o.address(), nil)
	if err != nil {
		return err
	}
	defer client.Close()
	files, err := filepath.Glob(filepath.Join(o.data, "*"))
	if err != nil {
		return err
	}
	var failures []error
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		if slices.Contains(o.skip, name) {
			continue
		}
		if err := thereAndBack(ctx, client, file, name); err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", name, err))
		}
	}
	if len(files) == 0 {
		return fmt.Errorf("no tables in %s", o.data)
	}
	return errors.Join(failures...)
}

func thereAndBack(ctx context.Context, client flight.Client, file, name string) (err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("panic: %v", panicked)
		}
	}()
	t, err := readFile(file)
	if err != nil {
		return fmt.Errorf("reading the file: %w", err)
	}
	descriptor := &flight.FlightDescriptor{Type: flight.DescriptorPATH, Path: []string{"integration", name}}
	if err := put(ctx, client, descriptor, t); err != nil {
		return fmt.Errorf("putting: %w", err)
	}
	info, err := client.GetFlightInfo(ctx, descriptor)
	if err != nil {
		return err
	}
	schema, err := flight.DeserializeSchema(info.Schema, memory.DefaultAllocator)
	if err != nil {
		return err
	}
	if !sameSchema(schema, t.schema) {
		return fmt.Errorf("the schema of the info: %v was put, %v came", t.schema, schema)
	}
	if len(info.Endpoint) == 0 {
		return errors.New("no endpoints")
	}
	for _, e := range info.Endpoint {
		if err := getEach(ctx, client, e, t); err != nil {
			return fmt.Errorf("getting: %w", err)
		}
	}
	return nil
}

// put sends a batch when the one before has been acknowledged.
func put(ctx context.Context, client flight.Client, descriptor *flight.FlightDescriptor, t table) error {
	stream, err := client.DoPut(ctx)
	if err != nil {
		return err
	}
	writer := flight.NewRecordWriter(stream, ipc.WithSchema(t.schema))
	writer.SetFlightDescriptor(descriptor)
	for i, c := range t.chunks {
		if err := writer.WriteWithAppMetadata(c.batch, c.metadata); err != nil {
			return err
		}
		result, err := stream.Recv()
		if err != nil {
			return err
		}
		if err := expect("acknowledged", string(result.AppMetadata), strconv.Itoa(i)); err != nil {
			return err
		}
	}
	if err := writer.Close(); err != nil {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	return ended(stream.Recv())
}

func ended[T any](_ T, err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		return errors.New("more came than was asked for")
	}
	return err
}

func getEach(ctx context.Context, client flight.Client, e *flight.FlightEndpoint, put table) error {
	if len(e.Location) == 0 {
		got, err := get(ctx, client, e.Ticket)
		if err != nil {
			return err
		}
		return same(got, put)
	}
	for _, location := range e.Location {
		there, err := connect(strings.TrimPrefix(location.Uri, "grpc://"), nil)
		if err != nil {
			return err
		}
		got, err := get(ctx, there, e.Ticket)
		_ = there.Close()
		if err != nil {
			return err
		}
		if err := same(got, put); err != nil {
			return err
		}
	}
	return nil
}
