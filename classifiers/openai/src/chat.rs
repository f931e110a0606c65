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

/// An answer is a cause, a number and a few quotes.
const MOST_TOKENS: u32 = 400;
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// One kind of question with one kind of answer.
pub(crate) struct Chat {
    client: Client<OpenAIConfig>,
    settings: OpenAiSettings,
    under_way: Semaphore,
    thrift: Thrift,
    instructions: String,
    schema: Value,
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
    const fn is_worth_another_attempt(&self) -> bool {
        matches!(self, Self::Connection | Self::Refused { may_pass: true, .. })
    }
}

impl Chat {
    pub(crate) fn new(
        settings: OpenAiSettings,
        instructions: String,
        schema: Value,
    ) -> Result<Self, InvalidSettings> {
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
        Ok(Self { client, settings, under_way, thrift, instructions, schema })
    }

    /// The model's name, for the version of a classification.
    pub(crate) fn model(&self) -> &str {
        &self.settings.model
    }

    /// Asks about one text and has the answer's JSON checked. A good answer is
    /// remembered: the same question is not sent again.
    pub(crate) async fn ask<T>(
        &self,
        question: &Value,
        check: impl Fn(&str) -> Result<T, NoAnswer>,
    ) -> Result<T, NoAnswer> {
        let question = question.to_string();
        if let Some(answer) = self.thrift.remembered(&question) {
            return check(&answer);
        }
        let limit = self.settings.time_limit;
        let asked = tokio::time::timeout(limit, self.ask_repeatedly(&question)).await;
        let answer = asked.unwrap_or(Err(NoAnswer::TooLate(limit)))?;
        let checked = check(&answer)?;
        self.thrift.remember(&question, &answer);
        Ok(checked)
    }

    async fn ask_repeatedly(&self, question: &str) -> Result<String, NoAnswer> {
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
            let asked = self.ask_once(question).await;
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

    async fn ask_once(&self, question: &str) -> Result<String, NoAnswer> {
        let request = self.request(question)?;
        let response = self.client.chat().create(request).await.map_err(|error| reason(&error))?;
        let choice = response.choices.into_iter().next().ok_or(NoAnswer::Unfit("no choice"))?;
        choice.message.content.ok_or(NoAnswer::Unfit("no content"))
    }

    fn request(&self, question: &str) -> Result<CreateChatCompletionRequest, NoAnswer> {
        let unbuilt = |_| NoAnswer::Unfit("the question could not be put");
        let system = ChatCompletionRequestSystemMessageArgs::default()
            .content(self.instructions.clone())
            .build()
            .map_err(unbuilt)?;
        let user = ChatCompletionRequestUserMessageArgs::default()
            .content(question)
            .build()
            .map_err(unbuilt)?;
        let schema = ResponseFormatJsonSchema {
            description: None,
            name: "classification".into(),
            schema: self.schema.clone(),
            strict: Some(true),
        };
        CreateChatCompletionRequestArgs::default()
            .model(self.model())
            .messages([
                ChatCompletionRequestMessage::System(system),
                ChatCompletionRequestMessage::User(user),
            ])
            .temperature(0.0)
            .max_completion_tokens(MOST_TOKENS)
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
