//! The server: what each scenario asks of one.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use arrow_flight::decode::{DecodedPayload, FlightDataDecoder};
use arrow_flight::flight_service_server::FlightService;
use arrow_flight::{
    Action, ActionType, BasicAuth, CancelFlightInfoRequest, CancelFlightInfoResult, CancelStatus, Criteria,
    Empty, FlightData, FlightDescriptor, FlightEndpoint, FlightInfo, HandshakeRequest, HandshakeResponse,
    PollInfo, PutResult, RenewFlightEndpointRequest, SchemaResult, Ticket,
};
use arrow_schema::{DataType, Field, Schema};
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use prost::Message;
use prost_types::Timestamp;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use crate::Fallible;
use crate::batches::{Table, Writer, int32, uint32};

const USER: &str = "arrow";
const PASSWORD: &str = "flight";
const TOKEN: &str = "auth-token-bin";
const HEADER: &str = "x-middleware";
const REUSE: &str = "arrow-flight-reuse-connection://?";
const MINUTE: Duration = Duration::from_secs(60);
const RENEWED: Duration = Duration::from_secs(3_600);
const PENDING: usize = 4;

type Answer<T> = Result<Response<T>, Status>;
type Sender<T> = mpsc::Sender<Result<T, Status>>;
type Answers<T> = BoxStream<'static, Result<T, Status>>;

/// One scenario's server.
pub struct Service {
    scenario: String,
    url: String,
    tables: Arc<Mutex<HashMap<String, Table>>>,
    cancelled: Mutex<bool>,
}

impl Service {
    pub fn new(scenario: &str, url: &str) -> Self {
        Service {
            scenario: scenario.into(),
            url: url.into(),
            tables: Arc::default(),
            cancelled: Mutex::default(),
        }
    }

    fn table(&self, name: &str) -> Result<Table, Status> {
        let tables = self.tables.lock().expect("no thread panicked");
        tables.get(name).cloned().ok_or_else(|| Status::not_found(format!("no table {name}")))
    }

    fn stored(&self, descriptor: FlightDescriptor) -> Fallible<FlightInfo> {
        let name = descriptor.path.join("/");
        let table = self.table(&name)?;
        let endpoint = endpoint(&name).with_location(&self.url);
        Ok(FlightInfo::new()
            .try_with_schema(&table.schema)?
            .with_descriptor(descriptor)
            .with_endpoint(endpoint)
            .with_total_records(table.rows() as i64))
    }

    fn info(&self, descriptor: FlightDescriptor) -> Fallible<FlightInfo> {
        let command = descriptor.cmd.clone();
        let info = FlightInfo::new().with_descriptor(descriptor.clone());
        match self.scenario.as_str() {
            "data" => self.stored(descriptor),
            "middleware" if command != "success" => Err(Status::unknown("not a success").into()),
            "middleware" => Ok(info),
            "ordered" => Ok(info
                .try_with_schema(&int32("number", vec![]).schema())?
                .with_ordered(true)
                .with_endpoints(["1", "2", "3"].map(endpoint).into())),
            "location:reuse_connection" => Ok(info.with_endpoint(endpoint("0").with_location(REUSE))),
            "app_metadata_flight_info_endpoint" => Ok(info
                .with_app_metadata(command.clone())
                .with_endpoint(endpoint("any").with_app_metadata(command))),
            scenario if scenario.starts_with("expiration_time:") => {
                Ok(info.try_with_schema(&uint32("number", vec![]).schema())?.with_endpoints(vec![
                    endpoint("0"),
                    endpoint("1").with_expiration_time(after(5 * MINUTE)),
                    endpoint("2").with_expiration_time(after(6 * MINUTE)),
                ]))
            }
            scenario => Err(Status::unimplemented(format!("GetFlightInfo in {scenario}")).into()),
        }
    }

    fn data(&self, ticket: &str) -> Result<Table, Status> {
        let number: u32 = ticket.parse().unwrap_or_default();
        match self.scenario.as_str() {
            "data" => self.table(ticket),
            "ordered" => {
                let step = 10_i32.pow(number.saturating_sub(1));
                Ok(Table::of(int32("number", vec![step, 2 * step, 3 * step])))
            }
            _ if *self.cancelled.lock().expect("no thread panicked") => {
                Err(Status::invalid_argument(format!("ticket {ticket} was cancelled")))
            }
            _ => Ok(Table::of(uint32("number", vec![number]))),
        }
    }

    fn perform(&self, action: Action, peer: &str) -> Fallible<Vec<u8>> {
        match (self.scenario.as_str(), action.r#type.as_str()) {
            ("auth:basic_proto", _) => Ok(peer.into()),
            ("expiration_time:cancel_flight_info", "CancelFlightInfo") => {
                CancelFlightInfoRequest::decode(action.body)?.info.ok_or("no info to cancel")?;
                *self.cancelled.lock().expect("no thread panicked") = true;
                Ok(CancelFlightInfoResult::new(CancelStatus::Cancelled).encode_to_vec())
            }
            ("expiration_time:renew_flight_endpoint", "RenewFlightEndpoint") => {
                let old = RenewFlightEndpointRequest::decode(action.body)?.endpoint.ok_or("no endpoint")?;
                Ok(old.with_expiration_time(after(RENEWED)).encode_to_vec())
            }
            (scenario, kind) => Err(Status::unimplemented(format!("{kind} in {scenario}")).into()),
        }
    }

    /// The response with the header that this scenario's callers want back.
    fn marked<T, B>(&self, request: &Request<B>, answer: Fallible<T>) -> Answer<T> {
        let header = request.metadata().get(HEADER).cloned();
        match answer {
            Ok(answer) => {
                let mut response = Response::new(answer);
                if let Some(value) = header {
                    response.metadata_mut().insert(HEADER, value);
                }
                Ok(response)
            }
            Err(e) => {
                let mut status = status(e);
                if let Some(value) = header {
                    status.metadata_mut().insert(HEADER, value);
                }
                Err(status)
            }
        }
    }
}

#[tonic::async_trait]
impl FlightService for Service {
    type HandshakeStream = Answers<HandshakeResponse>;
    type ListFlightsStream = Answers<FlightInfo>;
    type DoGetStream = Answers<FlightData>;
    type DoPutStream = Answers<PutResult>;
    type DoExchangeStream = Answers<FlightData>;
    type DoActionStream = Answers<arrow_flight::Result>;
    type ListActionsStream = Answers<ActionType>;

    async fn handshake(
        &self,
        request: Request<Streaming<HandshakeRequest>>,
    ) -> Answer<Self::HandshakeStream> {
        let first = request.into_inner().message().await?;
        let payload = first.ok_or(Status::unauthenticated("no credentials"))?.payload;
        let auth = BasicAuth::decode(payload).map_err(|e| Status::unauthenticated(e.to_string()))?;
        if auth.username != USER || auth.password != PASSWORD {
            return Err(Status::unauthenticated(format!("not {} with that password", auth.username)));
        }
        let token = HandshakeResponse { protocol_version: 0, payload: USER.into() };
        Ok(Response::new(stream::iter([Ok(token)]).boxed()))
    }

    async fn list_flights(&self, _: Request<Criteria>) -> Answer<Self::ListFlightsStream> {
        Err(Status::unimplemented("ListFlights"))
    }

    async fn get_flight_info(&self, request: Request<FlightDescriptor>) -> Answer<FlightInfo> {
        let answer = self.info(request.get_ref().clone());
        self.marked(&request, answer)
    }

    async fn poll_flight_info(&self, request: Request<FlightDescriptor>) -> Answer<PollInfo> {
        let schema = Schema::new(vec![Field::new("number", DataType::UInt32, false)]);
        let descriptor = request.into_inner();
        let info = FlightInfo::new()
            .with_descriptor(descriptor.clone())
            .try_with_schema(&schema)
            .map_err(|e| Status::internal(e.to_string()))?
            .with_endpoint(endpoint("long-running query"));
        let poll = PollInfo::new().with_info(info);
        let progress = if descriptor.cmd == "poll" { 1.0 } else { 0.1 };
        let poll = poll.try_with_progress(progress).map_err(|e| Status::internal(e.to_string()))?;
        Ok(Response::new(if descriptor.cmd == "poll" {
            poll
        } else {
            poll.with_descriptor(FlightDescriptor::new_cmd("poll")).with_expiration_time(after(MINUTE))
        }))
    }

    async fn get_schema(&self, _: Request<FlightDescriptor>) -> Answer<SchemaResult> {
        Err(Status::unimplemented("GetSchema"))
    }

    async fn do_get(&self, request: Request<Ticket>) -> Answer<Self::DoGetStream> {
        let ticket = String::from_utf8_lossy(&request.get_ref().ticket).into_owned();
        let messages = self.data(&ticket)?.messages(None).map_err(status)?;
        Ok(Response::new(stream::iter(messages.into_iter().map(Ok)).boxed()))
    }

    async fn do_put(&self, request: Request<Streaming<FlightData>>) -> Answer<Self::DoPutStream> {
        let mut incoming = Box::pin(request.into_inner().map_err(Into::into).peekable());
        let name = match incoming.as_mut().peek().await {
            Some(Ok(FlightData { flight_descriptor: Some(descriptor), .. })) => descriptor.path.join("/"),
            _ => return Err(Status::invalid_argument("the first message has no descriptor")),
        };
        let (sender, answers) = mpsc::channel(PENDING);
        let tables = Arc::clone(&self.tables);
        tokio::spawn(async move {
            match receive(FlightDataDecoder::new(incoming), &sender).await {
                Ok(table) => {
                    tables.lock().expect("no thread panicked").insert(name, table);
                }
                Err(e) => drop(sender.send(Err(status(e))).await),
            }
        });
        Ok(Response::new(ReceiverStream::new(answers).boxed()))
    }

    async fn do_exchange(&self, request: Request<Streaming<FlightData>>) -> Answer<Self::DoExchangeStream> {
        let mut incoming = request.into_inner();
        let first = incoming.message().await?.unwrap_or_default();
        match first.flight_descriptor {
            Some(descriptor) if descriptor.cmd == "echo" => {}
            other => return Err(Status::invalid_argument(format!("the command is echo, not {other:?}"))),
        }
        let (sender, answers) = mpsc::channel(PENDING);
        tokio::spawn(async move {
            if let Err(e) = echo(incoming, &sender).await {
                drop(sender.send(Err(status(e))).await);
            }
        });
        Ok(Response::new(ReceiverStream::new(answers).boxed()))
    }

    async fn do_action(&self, request: Request<Action>) -> Answer<Self::DoActionStream> {
        let peer = match request.metadata().get_bin(TOKEN).map(|token| token.to_bytes()) {
            Some(Ok(token)) => String::from_utf8_lossy(&token).into_owned(),
            _ => String::new(),
        };
        if self.scenario == "auth:basic_proto" && peer != USER {
            return Err(Status::unauthenticated("no token"));
        }
        let body = self.perform(request.into_inner(), &peer).map_err(status)?;
        Ok(Response::new(stream::iter([Ok(arrow_flight::Result::new(body))]).boxed()))
    }

    async fn list_actions(&self, _: Request<Empty>) -> Answer<Self::ListActionsStream> {
        let types = ["CancelFlightInfo", "RenewFlightEndpoint"].map(|name| {
            Ok(ActionType { r#type: name.into(), description: format!("{name} of the Flight specification") })
        });
        Ok(Response::new(stream::iter(types).boxed()))
    }
}

/// Reads a table to its end; acknowledges each batch with its own metadata.
async fn receive(mut incoming: FlightDataDecoder, answers: &Sender<PutResult>) -> Fallible<Table> {
    let mut schema = None;
    let mut chunks = Vec::new();
    while let Some(decoded) = incoming.try_next().await? {
        let metadata = decoded.app_metadata();
        match decoded.payload {
            DecodedPayload::Schema(first) => schema = Some(first),
            DecodedPayload::RecordBatch(batch) => {
                chunks.push((batch, metadata.clone()));
                answers.send(Ok(PutResult { app_metadata: metadata })).await?;
            }
            DecodedPayload::None => return Err("a message without a batch".into()),
        }
    }
    Ok(Table { schema: schema.ok_or("no schema was put")?, chunks })
}

/// Sends each batch back as it comes, decoded and encoded anew.
async fn echo(incoming: Streaming<FlightData>, answers: &Sender<FlightData>) -> Fallible {
    let mut decoder = FlightDataDecoder::new(incoming.map_err(Into::into));
    let mut writer = Writer::new();
    while let Some(decoded) = decoder.try_next().await? {
        let metadata = decoded.app_metadata();
        match decoded.payload {
            DecodedPayload::Schema(schema) => answers.send(Ok(writer.schema(&schema))).await?,
            DecodedPayload::RecordBatch(batch) => {
                for message in writer.messages(&batch, metadata)? {
                    answers.send(Ok(message)).await?;
                }
            }
            DecodedPayload::None => return Err("a message without a batch".into()),
        }
    }
    Ok(())
}

fn endpoint(ticket: &str) -> FlightEndpoint {
    FlightEndpoint::new().with_ticket(Ticket::new(ticket.to_owned()))
}

fn after(time: Duration) -> Timestamp {
    (SystemTime::now() + time).into()
}

fn status(e: Box<dyn Error + Send + Sync>) -> Status {
    match e.downcast::<Status>() {
        Ok(status) => *status,
        Err(other) => Status::internal(other.to_string()),
    }
}
