use std::sync::{MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::SizpaySandbox;
use super::namespace::{InvalidNamespace, Namespace};

/// Where a SOAP answer holds its values, on which SizPay's document is silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = SizpayAnswerShape)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AnswerShape {
    /// Each output parameter of the document is an element of `…Response`.
    #[default]
    OutParameters,
    /// `…Response` holds `…Result`, which holds an element for each value.
    TypedResult,
    /// `…Response` holds `…Result`, which holds JSON text; an answer to ASP.NET JSON is text too.
    JsonResult,
}

/// How a JSON answer to a status request holds the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = SizpayStatusList)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StatusList {
    /// As a string that holds a JSON array, as the SOAP method does.
    #[default]
    Text,
    /// As an array.
    Array,
}

/// How the fields of a JSON answer to a status request are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = SizpayStatusNames)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StatusNames {
    /// `prmPayLinkFirstStatus` and so on, as in the SOAP method.
    #[default]
    Prefixed,
    /// `PayLinkFirstStatus` and so on.
    Bare,
}

/// How a JSON answer writes `ResCod`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = SizpayResultCode)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ResultCode {
    /// As the number `1`.
    #[default]
    Number,
    /// As the string `"1"`, as a sibling service of SizPay does at times.
    Text,
}

/// What can be chosen about the sandboxed SizPay while it runs.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    pub(super) namespace: Namespace,
    pub(super) answer_shape: AnswerShape,
    pub(super) json: JsonStyle,
}

/// How JSON answers are written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct JsonStyle {
    pub(super) status_list: StatusList,
    pub(super) status_names: StatusNames,
    pub(super) result_code: ResultCode,
}

impl SizpaySandbox {
    /// Says which namespace the SOAP service has: a SOAP action is the namespace and the method.
    ///
    /// # Errors
    ///
    /// [`InvalidNamespace`] for a text that no URI can be; the namespace stays as it was.
    pub fn set_namespace(&self, namespace: &str) -> Result<(), InvalidNamespace> {
        self.settings().namespace = Namespace::parse(namespace)?;
        Ok(())
    }

    /// Says where SOAP answers hold their values. The WSDL agrees.
    pub fn set_answer_shape(&self, answer_shape: AnswerShape) {
        self.settings().answer_shape = answer_shape;
    }

    /// Says how JSON answers to status requests hold the list.
    pub fn set_status_list(&self, status_list: StatusList) {
        self.settings().json.status_list = status_list;
    }

    /// Says how the fields of JSON answers to status requests are called.
    pub fn set_status_names(&self, status_names: StatusNames) {
        self.settings().json.status_names = status_names;
    }

    /// Says how JSON answers write `ResCod`.
    pub fn set_result_code(&self, result_code: ResultCode) {
        self.settings().json.result_code = result_code;
    }

    pub(super) fn settings(&self) -> MutexGuard<'_, Settings> {
        self.0
            .settings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
