// A Flight client in JavaScript.
//
//   node peer.mjs client --host 127.0.0.1 --port 8815 --scenario ordered [--data FOLDER] [--skip FILE]...
//
// Ends with 0, or with 1 and a sentence that says what was not as it has to be.
import { deepStrictEqual } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join, parse } from "node:path";
import { parseArgs } from "node:util";
import { createFlightClient, decodeFlightDataStream, encodeRecordBatchesToFlightData } from "@qualithm/arrow-flight-client";
import { Message, RecordBatchReader } from "apache-arrow";

const MINUTE_MS = 60_000;
const { values: options } = parseArgs({
  args: process.argv.slice(3),
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string" },
    scenario: { type: "string" },
    data: { type: "string" },
    skip: { type: "string", multiple: true, default: [] },
  },
});
const text = (bytes) => new TextDecoder().decode(bytes);
const bytes = (words) => new TextEncoder().encode(words);
const command = (words) => ({ type: "cmd", cmd: bytes(words) });
const equal = (what, got, wanted) => deepStrictEqual(got, wanted, `${what}: ${show(wanted)} was expected, ${show(got)} came`);
const show = (value) =>
  JSON.stringify(value, (key, v) => (typeof v === "bigint" ? `${v}n` : v instanceof Set ? [...v] : v));

function connect(url = `grpc://${options.host}:${options.port}`, more = {}) {
  return createFlightClient({ url: url.replace(/^grpc/, "http"), timeoutMs: MINUTE_MS, ...more });
}

async function all(items) {
  const gathered = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}

async function numbers(client, endpoint) {
  const batches = await all(decodeFlightDataStream(client.doGet({ ticket: endpoint.ticket.ticket })));
  return batches.flatMap((batch) => [...batch.getChildAt(0)]);
}

// -- data ----------------------------------------------------------------------------------------

async function data() {
  const files = readdirSync(options.data).sort();
  equal("whether there are tables", files.length > 0, true);
  const failures = {};
  for (const file of files) {
    const name = parse(file).name;
    if (options.skip.includes(name)) continue;
    try {
      await thereAndBack(name, readFileSync(join(options.data, file)));
    } catch (e) {
      failures[name] = String(e.message);
    }
  }
  equal("the failures", failures, {});
}

async function thereAndBack(name, stream) {
  const client = connect();
  const reader = RecordBatchReader.from(stream).open();
  const batches = [...reader];
  const path = ["integration", name];
  const acknowledged = await all(client.doPut(messages(batches, reader.schema, path)));
  equal("acknowledged", acknowledged.map((result) => text(result.appMetadata)), batches.map((_, i) => String(i)));
  const info = await client.getFlightInfo({ type: "path", path });
  equal("whether there are endpoints", info.endpoint.length > 0, true);
  for (const endpoint of info.endpoint) {
    for (const location of endpoint.location) {
      const got = await all(connect(location.uri).doGet({ ticket: endpoint.ticket.ticket }));
      const metadata = got.filter(isBatch).map((message) => text(message.appMetadata));
      equal("the application metadata", metadata, batches.map((_, i) => String(i)));
      same(await all(decodeFlightDataStream(got)), batches);
    }
  }
}

// A batch's application metadata is its number.
async function* messages(batches, schema, path) {
  let number = 0;
  for await (const message of encodeRecordBatchesToFlightData(batches, schema)) {
    if (message.dataHeader.length === 0) continue; // the end of the stream, which Flight does not send
    if (Message.decode(message.dataHeader).isSchema()) {
      const descriptor = { $typeName: "arrow.flight.protocol.FlightDescriptor", type: 1, cmd: new Uint8Array(), path };
      message.flightDescriptor = descriptor;
    }
    if (isBatch(message)) message.appMetadata = bytes(String(number++));
    yield message;
  }
}

function isBatch(message) {
  return message.dataHeader.length > 0 && Message.decode(message.dataHeader).isRecordBatch();
}

function same(got, put) {
  const rows = (batches) => batches.flatMap((batch) => [...batch].map(show));
  equal("the schemas", new Set(got.map((batch) => String(batch.schema))), new Set(put.map((batch) => String(batch.schema))));
  equal("the rows", rows(got), rows(put));
}

// -- the others ----------------------------------------------------------------------------------

async function auth() {
  const refused = await all(connect().doAction({ type: "" })).catch((e) => e);
  equal("what a call without credentials gets", refused.name, "FlightAuthError");
  const credentials = { type: "basic", credentials: { username: "arrow", password: "flight" } };
  const token = await connect(undefined, { auth: credentials }).handshake();
  const headers = { "auth-token-bin": Buffer.from(token).toString("base64") };
  const results = await all(connect(undefined, { headers }).doAction({ type: "" }));
  equal("the results", results.map((result) => text(result.body)), ["arrow"]);
}

async function ordered() {
  const client = connect();
  const info = await client.getFlightInfo(command("ordered"));
  equal("ordered", info.ordered, true);
  equal("the locations", info.endpoint.map((e) => e.location.length), [0, 0, 0]);
  const got = [];
  for (const endpoint of info.endpoint) got.push(...(await numbers(client, endpoint)));
  equal("the numbers", got, [1, 2, 3, 10, 20, 30, 100, 200, 300]);
}

async function expirationDoGet() {
  const client = connect();
  const info = await client.getFlightInfo(command("expiration"));
  equal("whether there is an expiration", info.endpoint.map((e) => e.expirationTime !== undefined), [false, true, true]);
  const got = [];
  for (const [at, endpoint] of info.endpoint.entries()) {
    if (at > 0) equal("whether it lies ahead", Number(endpoint.expirationTime.seconds) * 1_000 > Date.now(), true);
    for (let time = 0; time <= Math.min(at, 1); time++) got.push(...(await numbers(client, endpoint)));
  }
  equal("the numbers, twice where they may be read again", got, [0, 1, 1, 2, 2]);
}

async function listActions() {
  const types = (await all(connect().listActions())).map((action) => action.type);
  equal("the actions", types, ["CancelFlightInfo", "RenewFlightEndpoint"]);
}

async function reuse() {
  const info = await connect().getFlightInfo(command("reuse"));
  const uris = info.endpoint.flatMap((e) => e.location.map((location) => location.uri));
  equal("the locations", uris, ["arrow-flight-reuse-connection://?"]);
}

async function poll() {
  const client = connect();
  const first = await client.pollFlightInfo(command("heavy query"));
  equal("whether the progress is from 0 to 1", first.progress >= 0 && first.progress <= 1, true);
  equal("whether there is an expiration", first.expirationTime !== undefined, true);
  equal("whether there is an info", first.info !== undefined, true);
  equal("what to ask next", text(first.flightDescriptor.cmd), "poll");
  const last = await client.pollFlightInfo(command("poll"));
  equal("the last progress", last.progress, 1);
  equal("the last descriptor", last.flightDescriptor, undefined);
  equal("the last expiration", last.expirationTime, undefined);
  equal("whether there is an info", last.info !== undefined, true);
}

async function appMetadata() {
  const info = await connect().getFlightInfo(command("foobar"));
  equal("the metadata of the info", text(info.appMetadata), "foobar");
  equal("the metadata of the endpoints", info.endpoint.map((e) => text(e.appMetadata)), ["foobar"]);
}

const scenarios = {
  "data": data,
  "auth:basic_proto": auth,
  "ordered": ordered,
  "expiration_time:do_get": expirationDoGet,
  "expiration_time:list_actions": listActions,
  "location:reuse_connection": reuse,
  "poll_flight_info": poll,
  "app_metadata_flight_info_endpoint": appMetadata,
};

try {
  await scenarios[options.scenario]();
  process.exit(0);
} catch (e) {
  console.error(e.message);
  process.exit(1);
}
