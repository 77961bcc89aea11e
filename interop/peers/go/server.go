package main

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/flight/session"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const (
	user     = "arrow"
	password = "flight"
	header   = "x-middleware"
	renewed  = time.Hour
)

// A service is one scenario's server.
type service struct {
	flight.BaseFlightServer
	scenario, url string
	lock          sync.Mutex
	tables        map[string]table
	cancelled     bool
}

func newServer(scenario, address string) (flight.Server, error) {
	s := &service{scenario: scenario, tables: map[string]table{}}
	var middleware []flight.ServerMiddleware
	switch scenario {
	case "auth:basic_proto":
		s.SetAuthHandler(credentials{})
	case "middleware":
		middleware = append(middleware, flight.CreateServerMiddleware(echoingHeader{}))
	case "session_options":
		middleware = append(middleware, flight.CreateServerMiddleware(session.NewServerSessionMiddleware(nil)))
	}
	server := flight.NewServerWithMiddleware(middleware, grpc.MaxRecvMsgSize(math.MaxInt32))
	if err := server.Init(address); err != nil {
		return nil, err
	}
	s.url = "grpc://" + server.Addr().String()
	server.RegisterFlightService(s)
	return server, nil
}

// credentials are the one user's; the token is the user's name.
type credentials struct{}

func (credentials) Authenticate(connection flight.AuthConn) error {
	payload, err := connection.Read()
	if err != nil {
		return err
	}
	var given flight.BasicAuth
	if err := proto.Unmarshal(payload, &given); err != nil {
		return err
	}
	if given.Username != user || given.Password != password {
		return status.Errorf(codes.Unauthenticated, "not %s with that password", given.Username)
	}
	return connection.Send([]byte(user))
}

func (credentials) IsValid(token string) (any, error) {
	if token != user {
		return nil, status.Error(codes.Unauthenticated, "no token")
	}
	return token, nil
}

// echoingHeader sends a header back to who sent it, whatever becomes of the call.
type echoingHeader struct{}

func (echoingHeader) StartCall(ctx context.Context) context.Context {
	if received := metadata.ValueFromIncomingContext(ctx, header); len(received) > 0 {
		_ = grpc.SetHeader(ctx, metadata.Pairs(header, received[0]))
	}
	return nil
}

func (echoingHeader) CallCompleted(context.Context, error) {}

func (s *service) GetFlightInfo(_ context.Context, d *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	info := &flight.FlightInfo{FlightDescriptor: d, TotalRecords: -1, TotalBytes: -1}
	switch {
	case s.scenario == "data":
		return s.stored(info)
	case s.scenario == "middleware" && string(d.Cmd) != "success":
		return nil, status.Error(codes.Unknown, "not a success")
	case s.scenario == "middleware":
	case s.scenario == "ordered":
		info.Schema = flight.SerializeSchema(int32s(signed).schema, memory.DefaultAllocator)
		info.Ordered = true
		info.Endpoint = []*flight.FlightEndpoint{endpoint("1"), endpoint("2"), endpoint("3")}
	case s.scenario == "location:reuse_connection":
		info.Endpoint = []*flight.FlightEndpoint{endpoint("0", flight.LocationReuseConnection)}
	case s.scenario == "app_metadata_flight_info_endpoint":
		info.AppMetadata = d.Cmd
		info.Endpoint = []*flight.FlightEndpoint{endpoint("any")}
		info.Endpoint[0].AppMetadata = d.Cmd
	case strings.HasPrefix(s.scenario, "expiration_time:"):
		info.Schema = flight.SerializeSchema(uint32s(unsigned).schema, memory.DefaultAllocator)
		info.Endpoint = []*flight.FlightEndpoint{endpoint("0"), endpoint("1"), endpoint("2")}
		info.Endpoint[1].ExpirationTime = after(5 * time.Minute)
		info.Endpoint[2].ExpirationTime = after(6 * time.Minute)
	default:
		return nil, status.Errorf(codes.Unimplemented, "GetFlightInfo in %s", s.scenario)
	}
	return info, nil
}

func (s *service) stored(info *flight.FlightInfo) (*flight.FlightInfo, error) {
	name := strings.Join(info.FlightDescriptor.Path, "/")
	t, err := s.table(name)
	if err != nil {
		return nil, err
	}
	info.Schema = flight.SerializeSchema(t.schema, memory.DefaultAllocator)
	info.Endpoint = []*flight.FlightEndpoint{endpoint(name, s.url)}
	info.TotalRecords = t.rows()
	return info, nil
}

func (s *service) table(name string) (table, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	t, found := s.tables[name]
	if !found {
		return t, status.Errorf(codes.NotFound, "no table %s", name)
	}
	return t, nil
}

func (s *service) PollFlightInfo(_ context.Context, d *flight.FlightDescriptor) (*flight.PollInfo, error) {
	poll := &flight.PollInfo{Info: &flight.FlightInfo{
		Schema:           flight.SerializeSchema(uint32s(unsigned).schema, memory.DefaultAllocator),
		FlightDescriptor: d,
		Endpoint:         []*flight.FlightEndpoint{endpoint("long-running query")},
		TotalRecords:     -1,
		TotalBytes:       -1,
	}}
	if string(d.Cmd) == "poll" {
		poll.Progress = proto.Float64(1.0)
		return poll, nil
	}
	poll.FlightDescriptor = command("poll")
	poll.Progress = proto.Float64(0.1)
	poll.ExpirationTime = after(time.Minute)
	return poll, nil
}

func (s *service) DoGet(ticket *flight.Ticket, stream flight.FlightService_DoGetServer) error {
	t, err := s.data(string(ticket.Ticket))
	if err != nil {
		return err
	}
	return send(t, stream)
}

func (s *service) data(ticket string) (table, error) {
	if s.scenario == "data" {
		return s.table(ticket)
	}
	number, err := strconv.Atoi(ticket)
	if err != nil {
		return table{}, status.Errorf(codes.InvalidArgument, "ticket %s is no number", ticket)
	}
	if s.scenario == "ordered" {
		step := int32(math.Pow10(number - 1))
		return int32s(signed, step, 2*step, 3*step), nil
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.cancelled {
		return table{}, status.Errorf(codes.InvalidArgument, "ticket %s was cancelled", ticket)
	}
	return uint32s(unsigned, uint32(number)), nil
}

// DoPut keeps a table and acknowledges each batch with its own metadata.
func (s *service) DoPut(stream flight.FlightService_DoPutServer) error {
	reader, err := flight.NewRecordReader(stream)
	if err != nil {
		return err
	}
	name := strings.Join(reader.LatestFlightDescriptor().Path, "/")
	t := table{schema: reader.Schema()}
	for reader.Next() {
		batch := reader.RecordBatch()
		batch.Retain()
		c := chunk{batch, reader.LatestAppMetadata()}
		t.chunks = append(t.chunks, c)
		if err := stream.Send(&flight.PutResult{AppMetadata: c.metadata}); err != nil {
			return err
		}
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	s.tables[name] = t
	return reader.Err()
}

// DoExchange sends each batch back as it comes, decoded and encoded anew.
func (s *service) DoExchange(stream flight.FlightService_DoExchangeServer) error {
	reader, err := flight.NewRecordReader(stream)
	if err != nil {
		return err
	}
	if err := expect("the command", string(reader.LatestFlightDescriptor().GetCmd()), "echo"); err != nil {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	writer := flight.NewRecordWriter(stream, ipc.WithSchema(reader.Schema()))
	for reader.Next() {
		if err := writer.WriteWithAppMetadata(reader.RecordBatch(), reader.LatestAppMetadata()); err != nil {
			return err
		}
	}
	return reader.Err()
}

func (s *service) ListActions(_ *flight.Empty, stream flight.FlightService_ListActionsServer) error {
	for _, name := range []string{flight.CancelFlightInfoActionType, flight.RenewFlightEndpointActionType} {
		described := &flight.ActionType{Type: name, Description: name + " of the Flight specification"}
		if err := stream.Send(described); err != nil {
			return err
		}
	}
	return nil
}

func (s *service) DoAction(action *flight.Action, stream flight.FlightService_DoActionServer) error {
	body, err := s.perform(stream.Context(), action)
	if err != nil {
		return err
	}
	return stream.Send(&flight.Result{Body: body})
}

func (s *service) perform(ctx context.Context, action *flight.Action) ([]byte, error) {
	switch {
	case s.scenario == "auth:basic_proto":
		return []byte(fmt.Sprint(flight.AuthFromContext(ctx))), nil
	case action.Type == flight.CancelFlightInfoActionType:
		if err := proto.Unmarshal(action.Body, new(flight.CancelFlightInfoRequest)); err != nil {
			return nil, err
		}
		s.lock.Lock()
		defer s.lock.Unlock()
		s.cancelled = true
		return proto.Marshal(&flight.CancelFlightInfoResult{Status: flight.CancelStatusCancelled})
	case action.Type == flight.RenewFlightEndpointActionType:
		request := new(flight.RenewFlightEndpointRequest)
		if err := proto.Unmarshal(action.Body, request); err != nil {
			return nil, err
		}
		request.Endpoint.ExpirationTime = after(renewed)
		return proto.Marshal(request.Endpoint)
	case action.Type == flight.SetSessionOptionsActionType:
		return setOptions(ctx, action.Body)
	case action.Type == flight.GetSessionOptionsActionType:
		current, err := session.GetSessionFromContext(ctx)
		if err != nil {
			return nil, err
		}
		return proto.Marshal(&flight.GetSessionOptionsResult{SessionOptions: current.GetSessionOptions()})
	case action.Type == flight.CloseSessionActionType:
		current, err := session.GetSessionFromContext(ctx)
		if err != nil {
			return nil, err
		}
		if err := current.Close(); err != nil {
			return nil, err
		}
		return proto.Marshal(&flight.CloseSessionResult{Status: flight.CloseSessionResultClosed})
	}
	return nil, status.Errorf(codes.Unimplemented, "%s in %s", action.Type, s.scenario)
}

func setOptions(ctx context.Context, body []byte) ([]byte, error) {
	current, err := session.GetSessionFromContext(ctx)
	if err != nil {
		return nil, err
	}
	request := new(flight.SetSessionOptionsRequest)
	if err := proto.Unmarshal(body, request); err != nil {
		return nil, err
	}
	errors := map[string]*flight.SetSessionOptionsResultError{}
	for name, value := range request.SessionOptions {
		switch {
		case name == "lol_invalid":
			errors[name] = &flight.SetSessionOptionsResultError{Value: flight.SetSessionOptionsResultErrorInvalidName}
		case value.GetStringValue() == "lol_invalid":
			errors[name] = &flight.SetSessionOptionsResultError{Value: flight.SetSessionOptionsResultErrorInvalidValue}
		default:
			current.SetSessionOption(name, value)
		}
	}
	return proto.Marshal(&flight.SetSessionOptionsResult{Errors: errors})
}

func endpoint(ticket string, locations ...string) *flight.FlightEndpoint {
	e := &flight.FlightEndpoint{Ticket: &flight.Ticket{Ticket: []byte(ticket)}}
	for _, uri := range locations {
		e.Location = append(e.Location, &flight.Location{Uri: uri})
	}
	return e
}

func command(text string) *flight.FlightDescriptor {
	return &flight.FlightDescriptor{Type: flight.DescriptorCMD, Cmd: []byte(text)}
}

func after(wait time.Duration) *timestamppb.Timestamp {
	return timestamppb.New(time.Now().Add(wait))
}
