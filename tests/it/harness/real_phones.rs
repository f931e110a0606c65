//! The phones call each other: what they report must be true before they judge the product.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use mostik_tests::eventually::eventually;
use mostik_tests::needs;
use mostik_tests::phones::{CallPlan, Codec, Ending, Phone, Sound, Transport};
use mostik_tests::ports::PortBlock;
use mostik_tests::process::Process;
use tempfile::TempDir;

/// Somebody to call.
struct Callee {
    uri: String,
    _process: Process,
    _folder: TempDir,
    _ports: PortBlock,
}

impl Callee {
    /// A datagram is repeated until somebody hears it; a connection is refused at once.
    async fn listens(&self) {
        let address = self.uri.rsplit('@').next().expect("an address");
        eventually("the callee to listen", Duration::from_secs(10), async || {
            tokio::net::TcpStream::connect(address).await.map(drop)
        })
        .await;
    }
}

fn callee(program: &str, arguments: impl FnOnce(&Path, &PortBlock, u16, &mut Command)) -> Callee {
    let folder = tempfile::tempdir().expect("a folder");
    let ports = PortBlock::take();
    let port = ports.single();
    let process = Process::start(program, |command| {
        let output = std::fs::File::create(folder.path().join("out")).expect("an output file");
        command
            .current_dir(folder.path())
            .stdout(output.try_clone().expect("the same"))
            .stderr(output);
        arguments(folder.path(), &ports, port, command);
    });
    let uri = format!("sip:bob@127.0.0.1:{port}");
    Callee { uri, _process: process, _folder: folder, _ports: ports }
}

/// Answers at once and waits to be hung up on.
fn sipp_callee(transport: &str) -> Callee {
    callee("sipp", |_, ports, port, command| {
        command.args(["-sn", "uas", "-i", "127.0.0.1", "-t", transport, "-nostdin"]);
        command.args(["-p", &port.to_string(), "-mp", &ports.media().start().to_string()]);
    })
}

/// Answers at once and plays `sound`; hangs up when it ends.
fn baresip_callee(sound: &Sound) -> Callee {
    callee("baresip", |folder, ports, port, command| {
        let wav = folder.join("speech.wav");
        sound.write(&wav);
        let (media, file) = (ports.media(), wav.display());
        let config = format!(
            "poll_method epoll\nsip_listen 127.0.0.1:{port}\nnet_interface 127.0.0.1\n\
             audio_source aufile,{file}\naudio_player aufile,/dev/null\nausrc_srate 8000\n\
             auplay_srate 8000\nausrc_channels 1\nauplay_channels 1\nrtp_ports {}-{}\n\
             module_path /usr/lib/baresip/modules\nmodule stdio.so\nmodule g711.so\n\
             module aufile.so\nmodule uuid.so\nmodule_tmp account.so\nmodule_app menu.so\n",
            media.start(),
            media.end()
        );
        std::fs::write(folder.join("config"), config).expect("a configuration");
        let account = "<sip:bob@127.0.0.1>;regint=0;answermode=auto\n";
        std::fs::write(folder.join("accounts"), account).expect("an account");
        command.arg("-f").arg(folder).args(["-t", "60"]);
    })
}

fn speech() -> Sound {
    let beat = Duration::from_millis(300);
    (0..4).fold(Sound::silence(Duration::ZERO), |sound, nth| {
        let tone = Sound::tone(300.0 + 100.0 * f64::from(nth), beat * (1 + nth % 2));
        sound.then(&tone).then(&Sound::silence(beat))
    })
}

#[tokio::test]
async fn sipp_makes_several_calls_at_once_over_both_transports() {
    needs!("sipp");
    for (transport, name) in [(Transport::Udp, "u1"), (Transport::Tcp, "t1")] {
        let callee = sipp_callee(name);
        if transport == Transport::Tcp {
            callee.listens().await;
        }
        let plan = CallPlan::to(&callee.uri)
            .over(transport)
            .with(Codec::Pcma)
            .says_after(Duration::from_millis(200), &speech())
            .ending(Ending::AfterSpeech)
            .times(3);
        let report = Phone::Sipp.call(plan).await.expect_completed(3);
        assert_eq!((report.answered, report.ended_by_peer), (3, 0), "{}", report.output);
    }
}

#[tokio::test]
async fn pjsip_hears_what_the_other_side_says_and_is_hung_up_on() {
    needs!("pjsua2", "baresip");
    let said = speech();
    let callee = baresip_callee(&said);
    let report =
        Phone::Pjsip.call(CallPlan::to(&callee.uri).presses_after(Duration::ZERO, "1#")).await;
    assert_eq!((report.answered, report.ended_by_peer), (1, 1), "{}", report.output);
    let likeness = report.heard[0].likeness_of(&said);
    assert!(likeness > 0.8, "likeness {likeness:.2} in {:?}", report.heard[0].length());
    let other = Sound::tone(440.0, Duration::from_millis(700))
        .then(&Sound::silence(Duration::from_secs(2)));
    let likeness = report.heard[0].likeness_of(&other);
    assert!(likeness < 0.8, "something else was not said, likeness {likeness:.2}");
}

#[tokio::test]
async fn baresip_speaks_and_hangs_up() {
    needs!("sipp", "baresip");
    let callee = sipp_callee("u1");
    let plan = CallPlan::to(&callee.uri)
        .says_after(Duration::ZERO, &speech())
        .ending(Ending::AfterSpeech)
        .at_most(Duration::from_secs(20));
    let report = Phone::Baresip.call(plan).await.expect_completed(1);
    assert_eq!(report.ended_by_peer, 0, "{}", report.output);
}

#[tokio::test]
async fn a_call_to_nobody_is_reported_as_such() {
    needs!("sipp", "pjsua2");
    let ports = PortBlock::take();
    let plan = CallPlan::to(format!("sip:bob@127.0.0.1:{}", ports.single()))
        .over(Transport::Tcp)
        .at_most(Duration::from_secs(2));
    for phone in [Phone::Sipp, Phone::Pjsip] {
        let report = phone.call(plan.clone()).await;
        assert_eq!((report.answered, report.completed), (0, 0), "{phone:?}: {}", report.output);
    }
}

#[test]
fn sounds_of_every_common_kind_are_read() {
    let tone = Sound::tone(400.0, Duration::from_secs(1));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tone.wav");
    tone.write(&file);
    assert_eq!(Sound::read(&file), tone);
    let mut wide =
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0\x80\x3e\0\0\0\xfa\0\0\x04\0\x10\0data"
            .to_vec();
    wide.extend_from_slice(&64_000u32.to_le_bytes());
    for nth in 0..16_000u32 {
        let sample = (f64::from(nth) * 400.0 * std::f64::consts::TAU / 16_000.0).sin() * 10_000.0;
        #[expect(clippy::cast_possible_truncation, reason = "a sine of 10000 fits")]
        let bytes = (sample as i16).to_le_bytes();
        wide.extend_from_slice(&bytes);
        wide.extend_from_slice(&bytes);
    }
    let read = Sound::parse(&wide).expect("16 kHz stereo");
    assert_eq!(read.samples.len(), 8000);
    let change = (read.loudness() - tone.loudness()).abs() / tone.loudness();
    assert!(change < 0.02, "the loudness changed by {change:.3}");
    for broken in
        [&b""[..], b"RIFF\0\0\0\0WAVE", b"RIFF\0\0\0\0WAVEdata\xff\xff\xff\xff", &wide[..30]]
    {
        assert!(Sound::parse(broken).is_err());
    }
}
