//! How much of a processor a recorded call costs.
//!
//! `load CALLS SECONDS` carries that many calls in this process, each recorded and hearing a
//! prompt, while a second process (the same program, `load speak CALLS SECONDS`) plays the
//! callers: real speech, fifty packets a second each, their phases spread.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mostik_media::{
    Clip, Codec, Law, MediaEvent, MediaPlan, MediaSession, Recorder, RtpPorts, SessionSetup,
};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const SPEECH: &[u8] = include_bytes!("../tests/speech/ru.wav");
const FRAME: usize = 160;
const PACKET_TIME: Duration = Duration::from_millis(20);
/// Recordings are checked against this share of what was said.
const WHOLE: f64 = 0.97;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<usize>().ok());
    match (arguments.first().map(String::as_str), number(0), number(1), number(2)) {
        (Some("speak"), _, Some(calls), Some(seconds)) => speak(calls, seconds),
        (_, Some(calls), Some(seconds), _) => carry(calls, seconds),
        _ => Err("usage: load CALLS SECONDS".into()),
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn carry(calls: usize, seconds: usize) -> Outcome<()> {
    let directory = tempfile::tempdir()?;
    let mut callers = Callers::start(calls, seconds)?;
    let ports = RtpPorts::new(20_000..=31_999)?;
    let prompt = Clip::from_wav(SPEECH)?;
    let prompt = Clip::from_samples(prompt.samples().repeat(1 + seconds / 3));
    let mut sessions = Vec::new();
    let mut our_ports = Vec::new();
    for (index, port) in callers.ports.iter().enumerate() {
        let sockets = ports.open(HERE)?;
        our_ports.push(sockets.port());
        let (session, events) = MediaSession::start(SessionSetup {
            sockets,
            plan: plan(*port),
            signalling: HERE,
            timeout: Duration::from_secs(10),
            silence: Duration::from_secs(3),
        });
        let path = directory.path().join(format!("{index}.wav"));
        session.record(Recorder::create(&path, Duration::from_hours(1))?).await;
        session.play(prompt.clone(), 1).await;
        sessions.push((session, events));
    }
    println!("{calls} calls are set up; resident {} kB", resident());
    callers.begin(&our_ports)?;
    // The first seconds warm caches and are not measured.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (began, before) = (Instant::now(), processor_seconds());
    tokio::time::sleep(Duration::from_secs(seconds as u64 - 3)).await;
    let (passed, used) = (began.elapsed().as_secs_f64(), processor_seconds() - before);
    println!(
        "{:.3} of a core; {:.4} % of a core per call; resident {} kB",
        used / passed,
        used / passed * 100.0 / float(calls),
        resident()
    );
    println!("callers: {}", callers.report()?);
    finish(sessions, seconds).await
}

type Live = (MediaSession, tokio::sync::mpsc::Receiver<MediaEvent>);

async fn finish(sessions: Vec<Live>, seconds: usize) -> Outcome<()> {
    let (mut received, mut lost, mut refused, mut broken, mut short) = (0, 0, 0, 0, 0);
    for (session, mut events) in sessions {
        let packets = session.statistics().await;
        received += packets.received;
        lost += packets.lost;
        refused += packets.refused;
        match session.stop_recording().await {
            Some(Ok(kept)) if kept.seconds >= float(seconds) * WHOLE => {}
            Some(Ok(_)) => short += 1,
            _ => broken += 1,
        }
        while let Ok(event) = events.try_recv() {
            if let MediaEvent::RecorderFailed(error) = event {
                println!("a recording failed: {error}");
            }
        }
    }
    println!(
        "engine: received {received}, lost {lost}, refused {refused}; \
         recordings broken {broken}, short {short}"
    );
    Ok(())
}

fn plan(port: u16) -> MediaPlan {
    let peer = SocketAddr::new(HERE, port);
    MediaPlan { key_payload_type: Some(101), ..MediaPlan::usual(Codec::Pcma, peer) }
}

/// The other process.
struct Callers {
    process: Child,
    says: BufReader<std::process::ChildStdout>,
    ports: Vec<u16>,
}

impl Callers {
    fn start(calls: usize, seconds: usize) -> Outcome<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["speak", &calls.to_string(), &seconds.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut says = BufReader::new(process.stdout.take().ok_or("no pipe")?);
        let ports = numbers(&mut says)?;
        Ok(Self { process, says, ports })
    }

    fn begin(&mut self, ports: &[u16]) -> Outcome<()> {
        let list: Vec<String> = ports.iter().map(u16::to_string).collect();
        let mut pipe = self.process.stdin.take().ok_or("no pipe")?;
        Ok(writeln!(pipe, "{}", list.join(" "))?)
    }

    fn report(&mut self) -> Outcome<String> {
        let mut line = String::new();
        self.says.read_line(&mut line)?;
        self.process.wait()?;
        Ok(line.trim().into())
    }
}

fn numbers(from: &mut impl BufRead) -> Outcome<Vec<u16>> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    Ok(line.split_whitespace().map(str::parse).collect::<Result<_, _>>()?)
}

struct Caller {
    socket: UdpSocket,
    sequence: u16,
    heard: u64,
    expected: Option<u16>,
    missed: u64,
}

fn speak(calls: usize, seconds: usize) -> Outcome<()> {
    let mut callers = Vec::new();
    for _ in 0..calls {
        let socket = UdpSocket::bind((HERE, 0))?;
        socket.set_nonblocking(true)?;
        callers.push(Caller { socket, sequence: 0, heard: 0, expected: None, missed: 0 });
    }
    let ports: Result<Vec<String>, _> = callers
        .iter()
        .map(|caller| caller.socket.local_addr().map(|own| own.port().to_string()))
        .collect();
    println!("{}", ports?.join(" "));
    let gateway = numbers(&mut std::io::stdin().lock())?;
    let octets: Vec<u8> =
        Clip::from_wav(SPEECH)?.samples().iter().map(|sample| Law::A.encode(*sample)).collect();
    let frames: Vec<&[u8]> = octets.chunks_exact(FRAME).collect();
    let (began, steps) = (Instant::now(), seconds * 50);
    let before = processor_seconds();
    let mut late = 0;
    // Every millisecond a twentieth of the callers speaks.
    for millisecond in 0..steps as u64 * 20 {
        let due = began + Duration::from_millis(millisecond);
        match due.checked_duration_since(Instant::now()) {
            Some(wait) => std::thread::sleep(wait),
            None => late += u64::from(due.elapsed() > PACKET_TIME),
        }
        let phase = usize::try_from(millisecond % 20)?;
        let step = usize::try_from(millisecond / 20)?;
        for index in (phase..calls).step_by(20) {
            let caller = &mut callers[index];
            // Everybody is somewhere else in the text.
            caller.say(frames[(step + index * 7) % frames.len()], gateway[index]);
            caller.listen();
        }
    }
    let heard: u64 = callers.iter().map(|caller| caller.heard).sum();
    let missed: u64 = callers.iter().map(|caller| caller.missed).sum();
    println!(
        "sent {}, heard {heard}, missed {missed}, late milliseconds {late}, {:.3} of a core",
        steps * calls,
        (processor_seconds() - before) / float(seconds)
    );
    Ok(())
}

impl Caller {
    fn say(&mut self, frame: &[u8], gateway: u16) {
        let mut packet = [0; 12 + FRAME];
        packet[..2].copy_from_slice(&[0x80, 8]);
        packet[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        packet[4..8].copy_from_slice(&(u32::from(self.sequence) * 160).to_be_bytes());
        packet[8..12].copy_from_slice(b"load");
        packet[12..].copy_from_slice(frame);
        self.sequence = self.sequence.wrapping_add(1);
        let _ = self.socket.send_to(&packet, (HERE, gateway));
    }

    fn listen(&mut self) {
        let mut buffer = [0; 1_500];
        while let Ok(length) = self.socket.recv(&mut buffer) {
            if length < 12 {
                continue;
            }
            let sequence = u16::from_be_bytes([buffer[2], buffer[3]]);
            let expected = self.expected.unwrap_or(sequence);
            self.missed += u64::from(sequence.wrapping_sub(expected));
            self.expected = Some(sequence.wrapping_add(1));
            self.heard += 1;
        }
    }
}

fn float(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// User and system time of this process so far.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> =
        stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    // Linux counts in hundredths of a second.
    (ticks(11) + ticks(12)) / 100.0
}

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.unwrap_or_default().trim().trim_end_matches(" kB").into()
}
