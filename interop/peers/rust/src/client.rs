//! The client: what each scenario asks of one, and how a server has to answer.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use arrow_flight::decode::{DecodedPayload, FlightDataDecoder};
use arrow_flight::error::FlightError;
use arrow_flight::{
    Action, BasicAuth, CancelFlightInfoRequest, CancelStatus, FlightClient, FlightData, FlightDescriptor,
    FlightEndpoint, FlightInfo, RenewFlightEndpointRequest, Ticket,
};
use futures::TryStreamExt;
use prost::Message;
use prost::bytes::Bytes;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;
use tonic::metadata::MetadataValue;
use tonic::transport::Endpoint;

use crate::batches::{Table, Writer, echoed};
use crate::{Fallible, Options};

const HEADER: &str = "x-middleware";
const EXPECTED: &str = "expected value";
const REUSE: &str = "arrow-flight-reuse-connection://?";
const ECHOES: i32 = 4;

/// Plays one scenario against the server that the options name.
pub async fn run(options: &Options) -> Fallible {
    let url = format!("grpc://{}:{}", options.one("--host", "127.0.0.1"), options.one("--port", "8815"));
    let client = &mut connect(&url).await?;
    match options.one("--scenario", "data").as_str() {
        "data" => data(client, options).await,
        "auth:basic_proto" => auth(client).await,
        "middleware" => middleware(client).await,
        "ordered" => ordered(client).await,
        "expiration_time:do_get" => expiration_do_get(client).await,
        "expiration_time:list_actions" => list_actions(client).await,
        "expiration_time:cancel_flight_info" => cancel(client).await,
        "expiration_time:renew_flight_endpoint" => renew(client).await,
        "location:reuse_connection" => reuse(client).await,
        "poll_flight_info" => poll(client).await,
        "app_metadata_flight_info_endpoint" => app_metadata(client).await,
        "do_exchange:echo" => echo(client).await,
        other => Err(format!("no scenario {other}").into()),
    }
}

async fn connect(url: &str) -> Fallible<FlightClient> {
    let endpoint = Endpoint::from_shared(url.replacen("grpc", "http", 1))?;
    Ok(FlightClient::new(endpoint.connect().await?))
}

async fn data(client: &mut FlightClient, options: &Options) -> Fallible {
    let folder = options.one("--data", ".");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    files.sort();
    let mut failures = Vec::new();
    for file in &files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if !options.all("--skip").contains(&name)
            && let Err(e) = there_and_back(client, file, &name).await
        {
            failures.push(format!("{name}: {e}"));
        }
    }
    expect("failures", &failures, &vec![])
}

async fn there_and_back(client: &mut FlightClient, file: &Path, name: &str) -> Fallible {
    let table = Table::read(file)?;
    let descriptor = FlightDescriptor::new_path(vec!["integration".into(), name.into()]);
    let messages = table.messages(Some(descriptor.clone()))?;
    let results: Vec<_> =
        client.do_put(futures::stream::iter(messages.into_iter().map(Ok))).await?.try_collect().await?;
    let numbers: Vec<Bytes> = results.into_iter().map(|result| result.app_metadata).collect();
    expect("acknowledged", &numbers, &table.chunks.iter().map(|(_, metadata)| metadata.clone()).collect())?;

    let info = client.get_flight_info(descriptor).await?;
    expect("the schema of the info", &info.clone().try_decode_schema()?, table.schema.as_ref())?;
    for endpoint in &info.endpoint {
        let ticket = ticket(endpoint)?;
        if endpoint.location.is_empty() {
            same(&get(client, ticket.clone()).await?, &table)?;
        }
        for location in &endpoint.location {
            same(&get(&mut connect(&location.uri).await?, ticket.clone()).await?, &table)?;
        }
    }
    expect("whether there are endpoints", &!info.endpoint.is_empty(), &true)
}

fn same(got: &Table, put: &Table) -> Fallible {
    expect("the schema", &got.schema, &put.schema)?;
    expect("the number of batches", &got.chunks.len(), &put.chunks.len())?;
    for (number, ((batch, metadata), (sent, with))) in got.chunks.iter().zip(&put.chunks).enumerate() {
        expect(&format!("batch {number}"), batch, sent)?;
        expect(&format!("the metadata of batch {number}"), metadata, with)?;
    }
    Ok(())
}

async fn auth(client: &mut FlightClient) -> Fallible {
    match results(client, "").await {
        Err(FlightError::Tonic(status)) => expect("the code", &status.code(), &Code::Unauthenticated)?,
        other => return Err(format!("a call without credentials got {other:?}").into()),
    }
    let credentials = BasicAuth { username: "arrow".into(), password: "flight".into() };
    let token = client.handshake(credentials.encode_to_vec()).await?;
    client.metadata_mut().insert_bin("auth-token-bin", MetadataValue::from_bytes(&token));
    expect("the results", &results(client, "").await?, &vec![Bytes::from("arrow")])
}

async fn results(client: &mut FlightClient, action: &str) -> Result<Vec<Bytes>, FlightError> {
    client.do_action(Action::new(action, "")).await?.try_collect().await
}

async fn middleware(client: &mut FlightClient) -> Fallible {
    client.add_header(HEADER, EXPECTED)?;
    let mut inner = client.inner().clone();
    let mut request = tonic::Request::new(FlightDescriptor::new_cmd(""));
    *request.metadata_mut() = client.metadata().clone();
    match inner.get_flight_info(request).await {
        Err(status) => {
            expect("the code", &status.code(), &Code::Unknown)?;
            expect("the header of the failure", &status.metadata().get(HEADER), &header().as_ref())?;
        }
        Ok(_) => return Err("the command '' has to fail".into()),
    }
    let mut request = tonic::Request::new(FlightDescriptor::new_cmd("success"));
    *request.metadata_mut() = client.metadata().clone();
    let answer = inner.get_flight_info(request).await?;
    expect("the header of the answer", &answer.metadata().get(HEADER), &header().as_ref())
}

fn header() -> Option<MetadataValue<tonic::metadata::Ascii>> {
    Some(MetadataValue::from_static(EXPECTED))
}

async fn ordered(client: &mut FlightClient) -> Fallible {
    let info = info(client, "ordered").await?;
    expect("ordered", &info.ordered, &true)?;
    expect("the endpoints", &info.endpoint.len(), &3)?;
    let mut numbers = Vec::new();
    for endpoint in &info.endpoint {
        expect("locations", &endpoint.location.len(), &0)?;
        numbers.extend(get(client, ticket(endpoint)?).await?.numbers()?);
    }
    expect("the numbers", &numbers, &vec![1, 2, 3, 10, 20, 30, 100, 200, 300])
}

async fn expiration_do_get(client: &mut FlightClient) -> Fallible {
    let info = info(client, "expiration").await?;
    expect("the endpoints", &info.endpoint.len(), &3)?;
    let now = SystemTime::now();
    let mut numbers = Vec::new();
    for (at, endpoint) in info.endpoint.iter().enumerate() {
        let expires = endpoint.expiration_time.map(SystemTime::try_from).transpose()?;
        expect("whether there is an expiration", &expires.is_some(), &(at > 0))?;
        expect("whether it lies ahead", &expires.is_none_or(|time| time > now), &true)?;
        for _ in 0..=at.min(1) {
            numbers.extend(get(client, ticket(endpoint)?).await?.numbers()?);
        }
    }
    expect("the numbers, twice where they may be read again", &numbers, &vec![0, 1, 1, 2, 2])
}

async fn list_actions(client: &mut FlightClient) -> Fallible {
    let types: Vec<_> = client.list_actions().await?.try_collect().await?;
    let names: Vec<_> = types.iter().map(|action| action.r#type.as_str()).collect();
    expect("the actions", &names, &vec!["CancelFlightInfo", "RenewFlightEndpoint"])
}

async fn cancel(client: &mut FlightClient) -> Fallible {
    let info = info(client, "expiration").await?;
    let result = client.cancel_flight_info(CancelFlightInfoRequest::new(info.clone())).await?;
    expect("the status", &result.status(), &CancelStatus::Cancelled)?;
    for endpoint in &info.endpoint {
        let got = get(client, ticket(endpoint)?).await;
        expect("whether it can be read", &got.is_ok(), &false)?;
    }
    Ok(())
}

async fn renew(client: &mut FlightClient) -> Fallible {
    let info = info(client, "expiration").await?;
    let mut renewed = 0;
    for endpoint in info.endpoint {
        if let Some(old) = endpoint.expiration_time {
            let new = client.renew_flight_endpoint(RenewFlightEndpointRequest::new(endpoint)).await?;
            let expires = new.expiration_time.ok_or("the renewed endpoint does not expire")?;
            expect("whether it is later", &(expires.seconds > old.seconds), &true)?;
            renewed += 1;
        }
    }
    expect("the endpoints renewed", &renewed, &2)
}

async fn reuse(client: &mut FlightClient) -> Fallible {
    let info = info(client, "reuse").await?;
    let locations: Vec<_> =
        info.endpoint.iter().flat_map(|e| e.location.iter().map(|location| location.uri.as_str())).collect();
    expect("the locations", &locations, &vec![REUSE])
}

async fn poll(client: &mut FlightClient) -> Fallible {
    let first = client.poll_flight_info(FlightDescriptor::new_cmd("heavy query")).await?;
    let progress = first.progress.ok_or("no progress")?;
    expect("whether the progress is from 0 to 1", &(0.0..=1.0).contains(&progress), &true)?;
    expect("whether there is an expiration", &first.expiration_time.is_some(), &true)?;
    expect("whether there is an info", &first.info.is_some(), &true)?;
    let next = first.flight_descriptor.ok_or("no descriptor to ask next")?;
    expect("what to ask next", &next, &FlightDescriptor::new_cmd("poll"))?;
    let last = client.poll_flight_info(next).await?;
    expect("the last progress", &last.progress, &Some(1.0))?;
    expect("the last descriptor", &last.flight_descriptor, &None)?;
    expect("the last expiration", &last.expiration_time, &None)?;
    expect("whether there is an info", &last.info.is_some(), &true)
}

async fn app_metadata(client: &mut FlightClient) -> Fallible {
    let info = info(client, "foobar").await?;
    expect("the metadata of the info", &info.app_metadata, &"foobar".into())?;
    let of_endpoints: Vec<_> = info.endpoint.iter().map(|e| e.app_metadata.clone()).collect();
    expect("the metadata of the endpoints", &of_endpoints, &vec!["foobar".into()])
}

/// In lock-step: a batch is sent when the one before has come back. The first goes out with the call, because
/// the call is there only when the server has sent something, and it may have nothing to say before.
async fn echo(client: &mut FlightClient) -> Fallible {
    let mut writer = Writer::new();
    let (sender, outgoing) = mpsc::channel(ECHOES as usize);
    sender.send(Ok(FlightData::new().with_descriptor(FlightDescriptor::new_cmd("echo")))).await?;
    sender.send(Ok(writer.schema(&echoed(0).schema()))).await?;
    send_echo(&sender, &mut writer, 0).await?;
    let mut answers = client.do_exchange(ReceiverStream::new(outgoing)).await?.into_inner();
    for number in 0..ECHOES {
        if number > 0 {
            send_echo(&sender, &mut writer, number).await?;
        }
        expect_echo(&mut answers, number).await?;
    }
    drop(sender);
    expect("whether the echo has ended", &answers.try_next().await?.is_none(), &true)
}

async fn send_echo(
    sender: &mpsc::Sender<arrow_flight::error::Result<FlightData>>,
    writer: &mut Writer,
    number: i32,
) -> Fallible {
    for message in writer.messages(&echoed(number), echo_metadata(number))? {
        sender.send(Ok(message)).await?;
    }
    Ok(())
}

async fn expect_echo(answers: &mut FlightDataDecoder, number: i32) -> Fallible {
    loop {
        let decoded = answers.try_next().await?.ok_or("the echo ended too soon")?;
        match &decoded.payload {
            DecodedPayload::Schema(schema) => expect("the schema", schema, &echoed(0).schema())?,
            DecodedPayload::None => return Err("a message without a batch".into()),
            DecodedPayload::RecordBatch(batch) => {
                expect("the batch", batch, &echoed(number))?;
                return expect("its metadata", &decoded.app_metadata(), &echo_metadata(number));
            }
        }
    }
}

fn echo_metadata(number: i32) -> Bytes {
    if number % 2 == 0 { number.to_string().into() } else { Bytes::new() }
}

async fn info(client: &mut FlightClient, command: &str) -> Fallible<FlightInfo> {
    Ok(client.get_flight_info(FlightDescriptor::new_cmd(command.to_owned())).await?)
}

async fn get(client: &mut FlightClient, ticket: Ticket) -> Fallible<Table> {
    Table::collect(client.do_get(ticket).await?.into_inner()).await
}

fn ticket(endpoint: &FlightEndpoint) -> Fallible<Ticket> {
    Ok(endpoint.ticket.clone().ok_or("an endpoint without a ticket")?)
}

fn expect<T: PartialEq + std::fmt::Debug>(what: &str, got: &T, wanted: &T) -> Fallible {
    if got == wanted {
        return Ok(());
    }
    Err(format!("{what}: {wanted:?} was expected, {got:?} came").into())
}
