package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

const (
	expected   = "expected value"
	echoNumber = 4
)

// scenarios are what the client can play.
var scenarios = map[string]func(context.Context, options) error{
	"data":                                  data,
	"auth:basic_proto":                      auth,
	"middleware":                            middleware,
	"ordered":                               plain(ordered),
	"expiration_time:do_get":                plain(expirationDoGet),
	"expiration_time:list_actions":          plain(listActions),
	"expiration_time:cancel_flight_info":    plain(cancel),
	"expiration_time:renew_flight_endpoint": plain(renew),
	"location:reuse_connection":             plain(reuse),
	"session_options":                       sessionOptions,
	"poll_flight_info":                      plain(poll),
	"app_metadata_flight_info_endpoint":     plain(appMetadata),
	"do_exchange:echo":                      plain(echo),
}

func connect(address string, handler flight.ClientAuthHandler, middleware ...flight.ClientMiddleware) (flight.Client, error) {
	return flight.NewClientWithMiddleware(address, handler, middleware,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(math.MaxInt32)))
}

func (o options) address() string { return fmt.Sprintf("%s:%d", o.host, o.port) }

// plain is a scenario that needs a client and no more.
func plain(play func(context.Context, flight.Client) error) func(context.Context, options) error {
	return func(ctx context.Context, o options) error {
		client, err := connect(o.address(), nil)
		if err != nil {
			return err
		}
		defer client.Close()
		return play(ctx, client)
	}
}

// handshake exchanges credentials for a token, when it is told to.
type handshake struct{ token string }

func (h *handshake) Authenticate(_ context.Context, connection flight.AuthConn) error {
	payload, err := proto.Marshal(&flight.BasicAuth{Username: user, Password: password})
	if err != nil {
		return err
	}
	if err := connection.Send(payload); err != nil {
		return err
	}
	token, err := connection.Read()
	h.token = string(token)
	return err
}

func (h *handshake) GetToken(context.Context) (string, error) { return h.token, nil }

func auth(ctx context.Context, o options) error {
	client, err := connect(o.address(), new(handshake))
	if err != nil {
		return err
	}
	defer client.Close()
	_, err = results(ctx, client)
	if err := expect("the code", status.Code(err), codes.Unauthenticated); err != nil {
		return err
	}
	if err := client.Authenticate(ctx); err != nil {
		return err
	}
	got, err := results(ctx, client)
	if err != nil {
		return err
	}
	return expectAll("the results", got, []string{user})
}

func results(ctx context.Context, client flight.Client) (bodies []string, err error) {
	stream, err := client.DoAction(ctx, &flight.Action{})
	if err != nil {
		return nil, err
	}
	for {
		result, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return bodies, nil
		}
		if err != nil {
			return nil, err
		}
		bodies = append(bodies, string(result.Body))
	}
}

// headers sends one and keeps what comes back.
type headers struct{ received []string }

func (*headers) StartCall(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, header, expected)
}

func (h *headers) HeadersReceived(_ context.Context, received metadata.MD) {
	h.received = append(h.received, received.Get(header)...)
}

func middleware(ctx context.Context, o options) error {
	kept := new(headers)
	client, err := connect(o.address(), nil, flight.CreateClientMiddleware(kept))
	if err != nil {
		return err
	}
	defer client.Close()
	_, err = client.GetFlightInfo(ctx, command(""))
	if err := expect("the code", status.Code(err), codes.Unknown); err != nil {
		return err
	}
	if err := expectAll("the header of the failure", slices.Compact(kept.received), []string{expected}); err != nil {
		return err
	}
	kept.received = nil
	if _, err = client.GetFlightInfo(ctx, command("success")); err != nil {
		return err
	}
	return expectAll("the header of the answer", slices.Compact(kept.received), []string{expected})
}

func ordered(ctx context.Context, client flight.Client) error {
	info, err := client.GetFlightInfo(ctx, command("ordered"))
	if err != nil {
		return err
	}
	var numbers []int64
	for _, e := range info.Endpoint {
		if err := expect("locations", len(e.Location), 0); err != nil {
			return err
		}
		read, err := numbersOf(ctx, client, e)
		if err != nil {
			return err
		}
		numbers = append(numbers, read...)
	}
	return errors.Join(
		expect("ordered", info.Ordered, true),
		expect("the endpoints", len(info.Endpoint), 3),
		expectAll("the numbers", numbers, []int64{1, 2, 3, 10, 20, 30, 100, 200, 300}))
}

func numbersOf(ctx context.Context, client flight.Client, e *flight.FlightEndpoint) ([]int64, error) {
	t, err := get(ctx, client, e.Ticket)
	if err != nil {
		return nil, err
	}
	return t.numbers()
}

func expirationDoGet(ctx context.Context, client flight.Client) error {
	info, err := client.GetFlightInfo(ctx, command("expiration"))
	if err != nil {
		return err
	}
	var numbers []int64
	for at, e := range info.Endpoint {
		if err := expect("whether there is an expiration", e.ExpirationTime != nil, at > 0); err != nil {
			return err
		}
		if at > 0 && e.ExpirationTime.AsTime().Before(time.Now()) {
			return fmt.Errorf("endpoint %d has expired: %v", at, e.ExpirationTime)
		}
		for range min(at, 1) + 1 {
			read, err := numbersOf(ctx, client, e)
			if err != nil {
				return err
			}
			numbers = append(numbers, read...)
		}
	}
	return expectAll("the numbers, twice where they may be read again", numbers, []int64{0, 1, 1, 2, 2})
}

func listActions(ctx context.Context, client flight.Client) error {
	stream, err := client.ListActions(ctx, new(flight.Empty))
	if err != nil {
		return err
	}
	var names []string
	for {
		action, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return expectAll("the actions", names, []string{"CancelFlightInfo", "RenewFlightEndpoint"})
		}
		if err != nil {
			return err
		}
		names = append(names, action.Type)
	}
}

func cancel(ctx context.Context, client flight.Client) error {
	info, err := client.GetFlightInfo(ctx, command("expiration"))
	if err != nil {
		return err
	}
	result, err := client.CancelFlightInfo(ctx, &flight.CancelFlightInfoRequest{Info: info})
	if err != nil {
		return err
	}
	if err := expect("the status", result.Status, flight.CancelStatusCancelled); err != nil {
		return err
	}
	for _, e := range info.Endpoint {
		if _, err := get(ctx, client, e.Ticket); err == nil {
			return fmt.Errorf("ticket %s can be read though it was cancelled", e.Ticket.Ticket)
		}
	}
	return expect("the endpoints", len(info.Endpoint), 3)
}

func renew(ctx context.Context, client flight.Client) error {
	info, err := client.GetFlightInfo(ctx, command("expiration"))
	if err != nil {
		return err
	}
	count := 0
	for _, e := range info.Endpoint {
		if e.ExpirationTime == nil {
			continue
		}
		longer, err := client.RenewFlightEndpoint(ctx, &flight.RenewFlightEndpointRequest{Endpoint: e})
		if err != nil {
			return err
		}
		if !longer.ExpirationTime.AsTime().After(e.ExpirationTime.AsTime()) {
			return fmt.Errorf("renewed until %v, which is not after %v", longer.ExpirationTime, e.ExpirationTime)
		}
		count++
	}
	return expect("the endpoints renewed", count, 2)
}

func reuse(ctx context.Context, client flight.Client) error {
	info, err := client.GetFlightInfo(ctx, command("reuse"))
	if err != nil {
		return err
	}
	var locations []string
	for _, e := range info.Endpoint {
		for _, location := range e.Location {
			locations = append(locations, location.Uri)
		}
	}
	return expectAll("the locations", locations, []string{flight.LocationReuseConnection})
}

func poll(ctx context.Context, client flight.Client) error {
	first, err := client.PollFlightInfo(ctx, command("heavy query"))
	if err != nil {
		return err
	}
	if first.Progress == nil || *first.Progress < 0 || *first.Progress > 1 {
		return fmt.Errorf("the progress is from 0 to 1, not %v", first.Progress)
	}
	if first.ExpirationTime == nil || first.Info == nil || first.FlightDescriptor == nil {
		return fmt.Errorf("an expiration, an info and a descriptor were expected, this came: %v", first)
	}
	last, err := client.PollFlightInfo(ctx, first.FlightDescriptor)
	if err != nil {
		return err
	}
	return errors.Join(
		expect("what to ask next", string(first.FlightDescriptor.Cmd), "poll"),
		expect("whether there is a last progress", last.Progress != nil, true),
		expect("the last progress", last.GetProgress(), 1.0),
		expect("the last descriptor", last.FlightDescriptor, nil),
		expect("the last expiration", last.ExpirationTime, nil),
		expect("whether there is an info", last.Info != nil, true))
}

func appMetadata(ctx context.Context, client flight.Client) error {
	info, err := client.GetFlightInfo(ctx, command("foobar"))
	if err != nil {
		return err
	}
	var ofEndpoints []string
	for _, e := range info.Endpoint {
		ofEndpoints = append(ofEndpoints, string(e.AppMetadata))
	}
	return errors.Join(
		expect("the metadata of the info", string(info.AppMetadata), "foobar"),
		expectAll("the metadata of the endpoints", ofEndpoints, []string{"foobar"}))
}

// echo goes in lock-step: a batch is sent when the one before has come back.
func echo(ctx context.Context, client flight.Client) error {
	stream, err := client.DoExchange(ctx)
	if err != nil {
		return err
	}
	if err := stream.Send(&flight.FlightData{FlightDescriptor: command("echo")}); err != nil {
		return err
	}
	schema := arrow.NewSchema([]arrow.Field{echoes}, nil)
	writer := flight.NewRecordWriter(stream, ipc.WithSchema(schema))
	var reader *flight.Reader
	for number := range int32(echoNumber) {
		var metadata []byte
		if number%2 == 0 {
			metadata = []byte(strconv.Itoa(int(number)))
		}
		sent := echoed(number).chunks[0].batch
		if err := writer.WriteWithAppMetadata(sent, metadata); err != nil {
			return err
		}
		if reader == nil {
			if reader, err = flight.NewRecordReader(stream); err != nil {
				return err
			}
		}
		if !reader.Next() {
			return fmt.Errorf("the echo ended too soon: %w", reader.Err())
		}
		if !array.RecordEqual(reader.RecordBatch(), sent) {
			return fmt.Errorf("batch %d: %v was sent, %v came", number, sent, reader.RecordBatch())
		}
		if err := expect("its metadata", string(reader.LatestAppMetadata()), string(metadata)); err != nil {
			return err
		}
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	return expect("whether more came", reader.Next(), false)
}
