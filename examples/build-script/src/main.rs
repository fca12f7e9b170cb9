//! Shows the tides of a harbour, asks for messages, and fetches its chart.
//!
//! ```sh
//! HARBOUR_KEY=hb_… cargo run -p example-build-script -- <harbour> [<URL to call in place of the API>]
//! ```

#![expect(clippy::print_stdout, reason = "a program shows what it does")]

use std::env;
use std::error::Error;

use harbour::types::Turn;
use harbour::{ApiKey, Harbour};

mod harbour {
    include!(concat!(env!("OUT_DIR"), "/harbour.rs"));
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let name = arguments.next().ok_or("give the name of a harbour")?;
    let mut connecting = Harbour::builder(ApiKey::new(env::var("HARBOUR_KEY")?))?;
    if let Some(url) = arguments.next() {
        connecting = connecting.base_url(url.parse()?);
    }
    let harbour = Harbour::from(connecting.connect()?);

    for tide in harbour.tides().list(&name).turn(Turn::High).send().await?.data {
        println!("{} {} m at {}", tide.turn, tide.height, tide.at);
    }
    let watch = harbour.watches().create(&name).above(4.5).send().await?;
    if let Some(above) = watch.above.value() {
        println!("watching {} above {above} m", watch.harbour);
    }
    let chart = harbour.charts().download(&name).send().await?;
    println!("chart: {} bytes", chart.content.len());
    Ok(())
}
