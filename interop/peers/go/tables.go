package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// A chunk is a batch and its application metadata; nil is none.
type chunk struct {
	batch    arrow.RecordBatch
	metadata []byte
}

// A table as it is sent.
type table struct {
	schema *arrow.Schema
	chunks []chunk
}

// readFile returns what a file of Arrow's stream format holds; the metadata of a batch is its number.
func readFile(name string) (t table, err error) {
	file, err := os.Open(name)
	if err != nil {
		return t, err
	}
	defer file.Close()
	reader, err := ipc.NewReader(file, ipc.WithDictionaryDeltas(true))
	if err != nil {
		return t, err
	}
	t.schema = reader.Schema()
	for reader.Next() {
		batch := reader.RecordBatch()
		batch.Retain()
		t.chunks = append(t.chunks, chunk{batch, []byte(strconv.Itoa(len(t.chunks)))})
	}
	return t, reader.Err()
}

// collect reads a stream to its end, whose first message may be a descriptor alone.
func collect(stream flight.DataStreamReader) (t table, err error) {
	reader, err := flight.NewRecordReader(stream)
	if err != nil {
		return t, err
	}
	t.schema = reader.Schema()
	for reader.Next() {
		batch := reader.RecordBatch()
		batch.Retain()
		t.chunks = append(t.chunks, chunk{batch, reader.LatestAppMetadata()})
	}
	return t, reader.Err()
}

func send(t table, stream flight.DataStreamWriter) error {
	writer := flight.NewRecordWriter(stream, ipc.WithSchema(t.schema))
	for _, c := range t.chunks {
		if err := writer.WriteWithAppMetadata(c.batch, c.metadata); err != nil {
			return err
		}
	}
	return writer.Close()
}

func (t table) rows() (rows int64) {
	for _, c := range t.chunks {
		rows += c.batch.NumRows()
	}
	return rows
}

// numbers returns the values of the one column.
func (t table) numbers() (numbers []int64, err error) {
	for _, c := range t.chunks {
		switch column := c.batch.Column(0).(type) {
		case *array.Int32:
			for _, n := range column.Values() {
				numbers = append(numbers, int64(n))
			}
		case *array.Uint32:
			for _, n := range column.Values() {
				numbers = append(numbers, int64(n))
			}
		default:
			return nil, fmt.Errorf("a column of numbers was expected, not %s", column.DataType())
		}
	}
	return numbers, nil
}

// same says where two tables differ.
func same(got, put table) error {
	if !sameSchema(got.schema, put.schema) {
		return fmt.Errorf("the schema: %v was put, %v came", put.schema, got.schema)
	}
	if err := expect("the number of batches", len(got.chunks), len(put.chunks)); err != nil {
		return err
	}
	for i, c := range put.chunks {
		if !array.RecordEqual(got.chunks[i].batch, c.batch) {
			return fmt.Errorf("batch %d: %v was put, %v came", i, c.batch, got.chunks[i].batch)
		}
		if err := expect("the metadata", string(got.chunks[i].metadata), string(c.metadata)); err != nil {
			return err
		}
	}
	return nil
}

func sameSchema(got, put *arrow.Schema) bool {
	return got.Equal(put) && got.Metadata().Equal(put.Metadata())
}

func int32s(field arrow.Field, numbers ...int32) table {
	builder := array.NewInt32Builder(memory.DefaultAllocator)
	builder.AppendValues(numbers, nil)
	return oneColumn(field, builder.NewArray(), len(numbers))
}

func uint32s(field arrow.Field, numbers ...uint32) table {
	builder := array.NewUint32Builder(memory.DefaultAllocator)
	builder.AppendValues(numbers, nil)
	return oneColumn(field, builder.NewArray(), len(numbers))
}

func oneColumn(field arrow.Field, column arrow.Array, rows int) table {
	schema := arrow.NewSchema([]arrow.Field{field}, nil)
	batch := array.NewRecordBatch(schema, []arrow.Array{column}, int64(rows))
	return table{schema, []chunk{{batch, nil}}}
}

var (
	signed   = arrow.Field{Name: "number", Type: arrow.PrimitiveTypes.Int32, Nullable: true}
	unsigned = arrow.Field{Name: "number", Type: arrow.PrimitiveTypes.Uint32}
	echoes   = arrow.Field{Name: "x", Type: arrow.PrimitiveTypes.Int32}
)

// echoed is the batch of the echo: ten numbers that begin with the batch's own.
func echoed(number int32) table {
	var numbers []int32
	for row := range int32(10) {
		numbers = append(numbers, number+row)
	}
	return int32s(echoes, numbers...)
}

func get(ctx context.Context, client flight.Client, ticket *flight.Ticket) (table, error) {
	stream, err := client.DoGet(ctx, ticket)
	if err != nil {
		return table{}, err
	}
	return collect(stream)
}
