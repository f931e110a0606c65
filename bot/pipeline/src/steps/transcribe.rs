//! Sound to words. What cannot be recognised waits for a person, audio at hand.

use std::{path::PathBuf, time::Duration};

use jiff::SignedDuration;
use mostik_domain::{
    Change, Confidence, Decision, Feedback, FeedbackId, Job, ReviewReason, Segment, Source,
    Speaker, Transcript, Words,
};
use mostik_speech::{Advice, Recording, RecordingError, SpeechError, SpeechToText};
use mostik_store::Lease;

use crate::{
    Pipeline, StepError,
    pipeline::{heard_language, spoken_language},
};

/// Failures in a row after which a person sees the call, though attempts go on.
const PATIENCE: u32 = 2;

pub(super) async fn decide(
    pipeline: &Pipeline,
    id: FeedbackId,
    lease: &Lease,
) -> Result<Decision, StepError> {
    let feedback = pipeline.load_feedback(id).await?;
    let (Source::Call(call), None) = (feedback.source, &feedback.text) else {
        // An operator has typed the words meanwhile.
        return Ok(Decision::nothing());
    };
    let call = pipeline.store.call(call).await?.ok_or_else(|| crate::pipeline::missing(call))?;
    let Some(recording) = call.recording else {
        return Ok(no_words(pipeline, feedback, "the call has no recording"));
    };
    let Some(speech) = pipeline.speech.as_deref() else {
        return Ok(no_words(pipeline, feedback, "speech recognition is switched off"));
    };
    let listened = pipeline.listener.as_ref();
    let heard = match listened.and_then(|one| one.take(&recording.file, recording.bytes)) {
        Some(heard) => Ok(heard),
        None if !speech.ready() => return Ok(wait_for_model(pipeline, feedback, lease)),
        None => {
            let path = pipeline.recordings.join(&recording.file);
            let hint = spoken_language(feedback.language);
            if recording.channels == 2 {
                return match conversation(speech, path, hint).await {
                    Ok(sides) => heard_both(pipeline, feedback, sides, speech.name()),
                    Err(error) => not_heard(pipeline, feedback, lease, &error),
                };
            }
            recognise(speech, path, hint).await
        }
    };
    match heard {
        Ok(heard) if heard.text.trim().is_empty() => {
            Ok(no_words(pipeline, feedback, "no speech was heard"))
        }
        Ok(heard) => heard_words(pipeline, feedback, heard, speech.name()),
        Err(error) => not_heard(pipeline, feedback, lease, &error),
    }
}

fn not_heard(
    pipeline: &Pipeline,
    feedback: Feedback,
    lease: &Lease,
    error: &SpeechError,
) -> Result<Decision, StepError> {
    match error.advice() {
        Advice::AwaitReady => Ok(wait_for_model(pipeline, feedback, lease)),
        Advice::RetryAfter(after) if lease.attempt < PATIENCE => {
            Err(StepError::RetryAfter { after, why: error.to_string() })
        }
        Advice::RetryAfter(after) => {
            Ok(try_later(pipeline, feedback, lease, after, &error.to_string()))
        }
        Advice::GiveUp => Ok(no_words(pipeline, feedback, &error.to_string())),
    }
}

async fn recognise(
    speech: &dyn SpeechToText,
    path: PathBuf,
    hint: mostik_speech::Language,
) -> Result<mostik_speech::Transcript, SpeechError> {
    let recording = opened(path, Ok).await?;
    speech.transcribe(&recording, hint).await
}

/// What the caller said, and what she was told.
async fn conversation(
    speech: &dyn SpeechToText,
    path: PathBuf,
    hint: mostik_speech::Language,
) -> Result<[mostik_speech::Transcript; 2], SpeechError> {
    let sides = opened(path, Recording::sides).await?;
    let [caller, person] = &sides[..] else {
        let reason = "the recording of a conversation has not two sides".to_owned();
        return Err(SpeechError::Failed { reason });
    };
    let caller = speech.transcribe(caller, hint).await?;
    Ok([caller, speech.transcribe(person, hint).await?])
}

async fn opened<T: Send + 'static>(
    path: PathBuf,
    take: impl FnOnce(Recording) -> Result<T, RecordingError> + Send + 'static,
) -> Result<T, SpeechError> {
    let opened = tokio::task::spawn_blocking(move || Recording::open(&path).and_then(take)).await;
    Ok(opened.map_err(|failed| SpeechError::Failed { reason: failed.to_string() })??)
}

/// The caller's words are the feedback; what she was told stands beside them, each with its time.
fn heard_both(
    pipeline: &Pipeline,
    feedback: Feedback,
    [caller, person]: [mostik_speech::Transcript; 2],
    by: String,
) -> Result<Decision, StepError> {
    if caller.text.trim().is_empty() {
        return Ok(no_words(pipeline, feedback, "the caller was not heard"));
    }
    let mut segments: Vec<Segment> = spoken_by(&caller, Some(Speaker::Customer)).collect();
    segments.extend(spoken_by(&person, Some(Speaker::Operator)));
    segments.sort_by(|a, b| a.start.total_cmp(&b.start));
    with_words(pipeline, feedback, caller, segments, by)
}

fn spoken_by(
    heard: &mostik_speech::Transcript,
    speaker: Option<Speaker>,
) -> impl Iterator<Item = Segment> {
    heard.segments.iter().map(move |segment| Segment {
        start: segment.start,
        end: segment.end,
        text: Words::new(segment.text.as_str()),
        speaker,
    })
}

fn heard_words(
    pipeline: &Pipeline,
    feedback: Feedback,
    heard: mostik_speech::Transcript,
    by: String,
) -> Result<Decision, StepError> {
    let segments = spoken_by(&heard, None).collect();
    with_words(pipeline, feedback, heard, segments, by)
}

fn with_words(
    pipeline: &Pipeline,
    feedback: Feedback,
    heard: mostik_speech::Transcript,
    segments: Vec<Segment>,
    by: String,
) -> Result<Decision, StepError> {
    let now = pipeline.now();
    let id = feedback.id;
    let transcript = Transcript {
        language: heard_language(heard.language),
        segments,
        confidence: Confidence::new(heard.confidence),
        text: Words::from(heard.text),
        by,
        at: now,
    };
    let state = feedback.state.clone().transcribed()?;
    let feedback = Feedback {
        language: transcript.language,
        text: Some(transcript.text.clone()),
        ..feedback.in_state(state, now)
    };
    let key = format!("classify:{id}:{}", feedback.revision);
    Ok(Decision::nothing()
        .and(Change::SaveTranscript(id, transcript))
        .and(Change::SaveFeedback(feedback))
        .then(pipeline.new_job(Job::Classify { feedback: id }, key, now)))
}

fn no_words(pipeline: &Pipeline, feedback: Feedback, why: &str) -> Decision {
    pipeline.ask_a_person(feedback, ReviewReason::NoTranscript { why: why.to_owned() })
}

/// The call is shown to people at once, and worked off when the model is there.
fn wait_for_model(pipeline: &Pipeline, feedback: Feedback, lease: &Lease) -> Decision {
    let age = pipeline.now().duration_since(feedback.captured_at);
    let quarter = Duration::from_millis(u64::try_from(age.as_millis() / 4).unwrap_or_default());
    let wait = quarter.clamp(Duration::from_secs(2), Duration::from_mins(5));
    try_later(pipeline, feedback, lease, wait, "the speech model is not here yet")
}

fn try_later(
    pipeline: &Pipeline,
    feedback: Feedback,
    lease: &Lease,
    after: Duration,
    why: &str,
) -> Decision {
    let id = feedback.id;
    let at =
        pipeline.now() + SignedDuration::try_from(after).unwrap_or(SignedDuration::from_mins(5));
    let again = pipeline.new_job(
        Job::Transcribe { feedback: id },
        format!("transcribe:{id}:after:{}", lease.id),
        at,
    );
    no_words(pipeline, feedback, why).then(again)
}
