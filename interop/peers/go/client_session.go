package main

import (
	"context"
	"fmt"
	"maps"

	"github.com/apache/arrow-go/v18/arrow/flight"
	"google.golang.org/protobuf/proto"
)

// list has strings that a careless peer would trim, split or decode: blanks, nothing, separators, not ASCII.
var list = []string{"a", "b", " ", "", "  ", "c, d; e", "å", "飛行機"}

const text = "not a list any more; å 飛行機"

func sessionOptions(ctx context.Context, o options) error {
	client, err := connect(o.address(), nil, flight.NewClientCookieMiddleware())
	if err != nil {
		return err
	}
	defer client.Close()
	result, err := setSessionOptions(ctx, client, map[string]any{
		"foolong":                int64(123),
		"bardouble":              456.0,
		"lol_invalid":            "refused for its name",
		"key_with_invalid_value": "lol_invalid",
		"big_ol_string_list":     list,
	})
	if err != nil {
		return err
	}
	refused := maps.Collect(func(yield func(string, any) bool) {
		for name, e := range result.Errors {
			yield(name, e.Value)
		}
	})
	wanted := map[string]any{
		"lol_invalid":            flight.SetSessionOptionsResultErrorInvalidName,
		"key_with_invalid_value": flight.SetSessionOptionsResultErrorInvalidValue,
	}
	if !maps.Equal(refused, wanted) {
		return fmt.Errorf("refused: %v was expected, %v came", wanted, refused)
	}
	if err := expectOptions(ctx, client, map[string]any{
		"foolong": int64(123), "bardouble": 456.0, "big_ol_string_list": list,
	}); err != nil {
		return err
	}
	result, err = setSessionOptions(ctx, client, map[string]any{
		"foolong": nil, "big_ol_string_list": text,
	})
	if err != nil {
		return err
	}
	if err := expect("options refused", len(result.Errors), 0); err != nil {
		return err
	}
	if err := expectOptions(ctx, client, map[string]any{
		"bardouble": 456.0, "big_ol_string_list": text,
	}); err != nil {
		return err
	}
	closed, err := client.CloseSession(ctx, new(flight.CloseSessionRequest))
	if err != nil {
		return err
	}
	return expect("the session", closed.Status, flight.CloseSessionResultClosed)
}

func setSessionOptions(
	ctx context.Context, client flight.Client, values map[string]any,
) (*flight.SetSessionOptionsResult, error) {
	options, err := flight.NewSessionOptionValues(values)
	if err != nil {
		return nil, err
	}
	return client.SetSessionOptions(ctx, &flight.SetSessionOptionsRequest{SessionOptions: options})
}

func expectOptions(ctx context.Context, client flight.Client, values map[string]any) error {
	wanted, err := flight.NewSessionOptionValues(values)
	if err != nil {
		return err
	}
	got, err := client.GetSessionOptions(ctx, new(flight.GetSessionOptionsRequest))
	if err != nil {
		return err
	}
	if !maps.EqualFunc(got.SessionOptions, wanted, func(a, b *flight.SessionOptionValue) bool {
		return proto.Equal(a, b)
	}) {
		return fmt.Errorf("the options: %v was expected, %v came", wanted, got.SessionOptions)
	}
	return nil
}
