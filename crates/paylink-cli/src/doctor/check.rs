use serde::Serialize;

/// What was found of one thing, and what to do about it.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    pub(super) verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<String>,
    /// What was looked at.
    pub(super) subject: &'static str,
    pub(super) finding: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remedy: Option<String>,
}

/// What a finding comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    Ok,
    /// It works, and may not do so for long or for everybody.
    Warning,
    /// It does not work.
    Problem,
}

impl Check {
    pub(super) fn ok(subject: &'static str, finding: impl Into<String>) -> Check {
        Check {
            verdict: Verdict::Ok,
            account: None,
            subject,
            finding: finding.into(),
            remedy: None,
        }
    }

    pub(super) fn warning(
        subject: &'static str,
        finding: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Check {
        Check {
            verdict: Verdict::Warning,
            remedy: Some(remedy.into()),
            ..Check::ok(subject, finding)
        }
    }

    pub(super) fn problem(
        subject: &'static str,
        finding: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Check {
        Check {
            verdict: Verdict::Problem,
            ..Check::warning(subject, finding, remedy)
        }
    }
}

impl Verdict {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Verdict::Ok => "ok",
            Verdict::Warning => "warning",
            Verdict::Problem => "problem",
        }
    }
}
