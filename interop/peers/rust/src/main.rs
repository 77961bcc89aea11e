//! A Flight server and client on Arrow's Rust library.
//!
//! ```text
//! peer server --port 0 [--scenario ordered]
//! peer client --host 127.0.0.1 --port 8815 --scenario ordered [--data FOLDER] [--skip FILE]...
//! ```
//!
//! The server's first line of output is `ready at URL`; it ends when its standard input does. The client
//! ends with 0, or with 1 and a sentence that says what was not as it has to be.

mod batches;
mod client;
mod service;

use std::collections::HashMap;
use std::error::Error;
use std::io::Read;
use std::process::ExitCode;

use arrow_flight::flight_service_server::FlightServiceServer;
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;

pub type Fallible<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// The options behind the first word, each with the values it was given.
pub struct Options(HashMap<String, Vec<String>>);

impl Options {
    fn of(mut words: impl Iterator<Item = String>) -> Fallible<Self> {
        let mut options: HashMap<String, Vec<String>> = HashMap::new();
        while let Some(name) = words.next() {
            let value = words.next().ok_or(format!("{name} needs a value"))?;
            options.entry(name).or_default().push(value);
        }
        Ok(Options(options))
    }

    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    pub fn one(&self, name: &str, otherwise: &str) -> String {
        self.all(name).last().map_or(otherwise.into(), String::clone)
    }
}

async fn serve(options: &Options) -> Fallible {
    let listener = TcpListener::bind(format!("127.0.0.1:{}", options.one("--port", "0"))).await?;
    let url = format!("grpc://{}", listener.local_addr()?);
    let service = service::Service::new(&options.one("--scenario", "data"), &url);
    println!("ready at {url}");
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    tonic::transport::Server::builder()
        .add_service(FlightServiceServer::new(service))
        .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)))
        .await?;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let role = words.next().unwrap_or_default();
    let ended = match Options::of(words) {
        Err(e) => Err(e),
        Ok(options) => match role.as_str() {
            "server" => serve(&options).await,
            "client" => client::run(&options).await,
            other => Err(format!("server or client, not '{other}'").into()),
        },
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("{e}");
            ExitCode::FAILURE
        }
    }
}
