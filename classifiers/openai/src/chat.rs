use std::time::Duration;

use async_openai::{
    Client,
    config::OpenAIConfig,
    error::OpenAIError,
    types::chat::{
        ChatCompletionRequestMessage, ChatCompletionRequestSystemMessageArgs,
        ChatCompletionRequestUserMessageArgs, CreateChatCompletionRequest,
        CreateChatCompletionRequestArgs, ResponseFormat, ResponseFormatJsonSchema,
    },
};
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::{
    InvalidSettings, OpenAiSettings,
    bounded_http::{BoundedHttp, NoUse},
    thrift::Thrift,
};

/// An answer about one text is a cause, a number and a few quotes.
const TOKENS_OF_ONE: u32 = 400;
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The server that is asked, and how much.
pub(crate) struct Chat {
    client: Client<OpenAIConfig>,
    settings: OpenAiSettings,
    under_way: Semaphore,
    thrift: Thrift,
}

/// One kind of question with one kind of answer.
pub(crate) struct Form {
    pub(crate) instructions: String,
    pub(crate) schema: Value,
    /// How many texts are asked about at most.
    pub(crate) texts: u32,
    /// How many times the time limit of one text is waited.
    pub(crate) patience: u32,
}

/// Why there is no answer; never with a word of the question in it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    #[error("no answer within {0:?}")]
    TooLate(Duration),
    #[error("{why}")]
    Refused { why: String, may_pass: bool, retry_after: Option<Duration> },
    #[error("as many requests as may be sent in an hour have been sent")]
    Spent,
    #[error("the server asks to be left alone for {0:?}")]
    LeftAlone(Duration),
    #[error("the connection failed")]
    Connection,
    #[error("the answer does not fit the schema: {0}")]
    Unfit(&'static str),
}

impl NoAnswer {
    /// Whether each text alone might still be answered when several together were not.
    pub(crate) const fn may_pass_singly(&self) -> bool {
        matches!(self, Self::Unfit(_) | Self::TooLate(_) | Self::Refused { may_pass: false, .. })
    }

    const fn is_worth_another_attempt(&self) -> bool {
        matches!(self, Self::Connection | Self::Refused { may_pass: true, .. })
    }
}

impl Chat {
    pub(crate) fn new(settings: OpenAiSettings) -> Result<Self, InvalidSettings> {
        settings.check()?;
        let config = OpenAIConfig::new()
            .with_api_base(settings.base_url.trim_end_matches('/'))
            .with_api_key(settings.api_key.expose_secret())
            .with_org_id("")
            .with_project_id("");
        let service = BoundedHttp::new().map_err(InvalidSettings::Http)?;
        let client = Client::with_config(config).with_http_service(service);
        let under_way = Semaphore::new(settings.concurrent);
        let thrift = Thrift::new(settings.requests_per_hour);
        Ok(Self { client, settings, under_way, thrift })
    }

    /// The model's name, for the version of a classification.
    pub(crate) fn model(&self) -> &str {
        &self.settings.model
    }

    /// Asks about one text and has the answer's JSON checked. A good answer is
    /// remembered: the same question is not sent again.
    pub(crate) async fn ask<T>(
        &self,
        form: &Form,
        question: &Value,
        check: impl Fn(&str) -> Result<T, NoAnswer>,
    ) -> Result<T, NoAnswer> {
        if let Some(answer) = self.remembered(question) {
            return check(&answer);
        }
        let answer = self.ask_anew(form, question).await?;
        let checked = check(&answer)?;
        self.remember(question, &answer);
        Ok(checked)
    }

    /// The answer that was found good before.
    pub(crate) fn remembered(&self, question: &Value) -> Option<String> {
        self.thrift.remembered(&question.to_string())
    }

    /// Keeps a good answer.
    pub(crate) fn remember(&self, question: &Value, answer: &str) {
        self.thrift.remember(&question.to_string(), answer);
    }

    /// Asks without looking whether it was asked before.
    pub(crate) async fn ask_anew(&self, form: &Form, question: &Value) -> Result<String, NoAnswer> {
        let limit = self.settings.time_limit * form.patience;
        let question = question.to_string();
        let asked = self.ask_repeatedly(form, &question);
        tokio::time::timeout(limit, asked).await.unwrap_or(Err(NoAnswer::TooLate(limit)))
    }

    async fn ask_repeatedly(&self, form: &Form, question: &str) -> Result<String, NoAnswer> {
        let _permit = self.under_way.acquire().await.map_err(|_| NoAnswer::Connection)?;
        let mut pause = FIRST_PAUSE;
        let mut left = self.settings.attempts;
        loop {
            let alone = self.thrift.pause_left();
            if alone >= self.settings.time_limit {
                return Err(NoAnswer::LeftAlone(alone));
            }
            tokio::time::sleep(alone).await;
            if !self.thrift.may_ask() {
                return Err(NoAnswer::Spent);
            }
            left -= 1;
            let asked = self.ask_once(form, question).await;
            if let Err(NoAnswer::Refused { retry_after: Some(after), .. }) = &asked {
                self.thrift.leave_alone(*after);
            }
            match asked {
                Err(error) if left > 0 && error.is_worth_another_attempt() => {
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                asked => return asked,
            }
        }
    }

    async fn ask_once(&self, form: &Form, question: &str) -> Result<String, NoAnswer> {
        let request = self.request(form, question)?;
        let response = self.client.chat().create(request).await.map_err(|error| reason(&error))?;
        let choice = response.choices.into_iter().next().ok_or(NoAnswer::Unfit("no choice"))?;
        choice.message.content.ok_or(NoAnswer::Unfit("no content"))
    }

    fn request(
        &self,
        form: &Form,
        question: &str,
    ) -> Result<CreateChatCompletionRequest, NoAnswer> {
        let unbuilt = |_| NoAnswer::Unfit("the question could not be put");
        let system = ChatCompletionRequestSystemMessageArgs::default()
            .content(form.instructions.clone())
            .build()
            .map_err(unbuilt)?;
        let user = ChatCompletionRequestUserMessageArgs::default()
            .content(question)
            .build()
            .map_err(unbuilt)?;
        let schema = ResponseFormatJsonSchema {
            description: None,
            name: "classification".into(),
            schema: form.schema.clone(),
            strict: Some(true),
        };
        CreateChatCompletionRequestArgs::default()
            .model(self.model())
            .messages([
                ChatCompletionRequestMessage::System(system),
                ChatCompletionRequestMessage::User(user),
            ])
            .temperature(0.0)
            .max_completion_tokens(TOKENS_OF_ONE * form.texts)
            .response_format(ResponseFormat::JsonSchema { json_schema: schema })
            .build()
            .map_err(unbuilt)
    }
}

/// What may be logged of an error: async-openai's own texts carry the answer.
fn reason(error: &OpenAIError) -> NoAnswer {
    match error {
        OpenAIError::Reqwest(_) => NoAnswer::Connection,
        OpenAIError::JSONDeserialize(..) => NoAnswer::Unfit("not a chat completion"),
        OpenAIError::Boxed(error) => match error.downcast_ref::<NoUse>() {
            Some(no_use) => NoAnswer::Refused {
                why: no_use.to_string(),
                may_pass: no_use.may_pass(),
                retry_after: no_use.retry_after(),
            },
            None => NoAnswer::Connection,
        },
        _ => NoAnswer::Refused {
            why: "the question could not be put".into(),
            may_pass: false,
            retry_after: None,
        },
    }
}
