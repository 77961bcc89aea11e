//! Batches and what stands for them: messages, files, and the small tables of the scenarios.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array, RecordBatch, UInt32Array};
use arrow_flight::decode::{DecodedPayload, FlightDataDecoder};
use arrow_flight::{FlightData, FlightDescriptor};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::{DictionaryTracker, IpcDataGenerator, IpcWriteContext, IpcWriteOptions};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use futures::TryStreamExt;
use prost::bytes::Bytes;

use crate::Fallible;

/// A table as it is sent: its schema, and batches with their application metadata.
#[derive(Clone)]
pub struct Table {
    pub schema: SchemaRef,
    pub chunks: Vec<(RecordBatch, Bytes)>,
}

impl Table {
    /// What a file of Arrow's stream format holds; the metadata of a batch is its number.
    pub fn read(file: &Path) -> Fallible<Self> {
        let reader = StreamReader::try_new(File::open(file)?, None)?;
        let schema = reader.schema();
        let mut chunks = Vec::new();
        for (number, batch) in reader.enumerate() {
            chunks.push((batch?, number.to_string().into()));
        }
        Ok(Table { schema, chunks })
    }

    pub fn of(batch: RecordBatch) -> Self {
        Table { schema: batch.schema(), chunks: vec![(batch, Bytes::new())] }
    }

    pub fn messages(&self, descriptor: Option<FlightDescriptor>) -> Fallible<Vec<FlightData>> {
        let mut writer = Writer::new();
        let mut schema = writer.schema(&self.schema);
        schema.flight_descriptor = descriptor;
        let mut messages = vec![schema];
        for (batch, metadata) in &self.chunks {
            messages.extend(writer.messages(batch, metadata.clone())?);
        }
        Ok(messages)
    }

    /// All that a stream brings, until it ends.
    pub async fn collect(mut decoder: FlightDataDecoder) -> Fallible<Self> {
        let mut schema = None;
        let mut chunks = Vec::new();
        while let Some(decoded) = decoder.try_next().await? {
            let metadata = decoded.app_metadata();
            match decoded.payload {
                DecodedPayload::Schema(first) => schema = Some(first),
                DecodedPayload::RecordBatch(batch) => chunks.push((batch, metadata)),
                DecodedPayload::None => return Err("a message without a batch".into()),
            }
        }
        Ok(Table { schema: schema.ok_or("the stream ended before its schema")?, chunks })
    }

    pub fn rows(&self) -> usize {
        self.chunks.iter().map(|(batch, _)| batch.num_rows()).sum()
    }

    /// The values of the one column of numbers.
    pub fn numbers(&self) -> Fallible<Vec<i64>> {
        let mut numbers = Vec::new();
        for (batch, _) in &self.chunks {
            let column = batch.column(0).as_any();
            if let Some(signed) = column.downcast_ref::<Int32Array>() {
                numbers.extend(signed.values().iter().map(|n| i64::from(*n)));
            } else if let Some(unsigned) = column.downcast_ref::<UInt32Array>() {
                numbers.extend(unsigned.values().iter().map(|n| i64::from(*n)));
            } else {
                return Err(format!("a column of numbers, not {}", self.schema.field(0)).into());
            }
        }
        Ok(numbers)
    }
}

/// Makes messages of one stream's schema and batches, dictionaries before those that need them.
pub struct Writer {
    generator: IpcDataGenerator,
    options: IpcWriteOptions,
    context: IpcWriteContext,
    tracker: DictionaryTracker,
}

impl Writer {
    pub fn new() -> Self {
        Writer {
            generator: IpcDataGenerator::default(),
            options: IpcWriteOptions::default(),
            context: IpcWriteContext::default(),
            tracker: DictionaryTracker::new(false),
        }
    }

    /// Comes first: it numbers the dictionaries.
    pub fn schema(&mut self, schema: &Schema) -> FlightData {
        self.generator
            .schema_to_bytes_with_dictionary_tracker(schema, &mut self.tracker, &self.options)
            .into()
    }

    pub fn messages(&mut self, batch: &RecordBatch, metadata: Bytes) -> Fallible<Vec<FlightData>> {
        let (dictionaries, data) =
            self.generator.encode(batch, &mut self.tracker, &self.options, &mut self.context)?;
        let mut messages: Vec<FlightData> = dictionaries.into_iter().map(Into::into).collect();
        messages.push(FlightData::from(data).with_app_metadata(metadata));
        Ok(messages)
    }
}

/// A column of int32 that may be null.
pub fn int32(name: &str, numbers: Vec<i32>) -> RecordBatch {
    one_column(Field::new(name, DataType::Int32, true), Arc::new(Int32Array::from(numbers)))
}

/// A column of uint32.
pub fn uint32(name: &str, numbers: Vec<u32>) -> RecordBatch {
    one_column(Field::new(name, DataType::UInt32, false), Arc::new(UInt32Array::from(numbers)))
}

/// The batch of the echo: ten numbers that begin with the batch's own.
pub fn echoed(number: i32) -> RecordBatch {
    let numbers: Vec<i32> = (number..number + 10).collect();
    one_column(Field::new("x", DataType::Int32, false), Arc::new(Int32Array::from(numbers)))
}

fn one_column(field: Field, column: ArrayRef) -> RecordBatch {
    let schema = Arc::new(Schema::new(vec![field]));
    RecordBatch::try_new(schema, vec![column]).expect("a column of its field's type")
}
