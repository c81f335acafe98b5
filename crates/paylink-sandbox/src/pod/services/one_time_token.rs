use crate::pod::answer::Answer;
use crate::pod::call::Call;
use crate::pod::refusal::Refusal;

/// Gives a one-time token, which stands where every answer has one.
pub(super) fn execute(_: &Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::EMPTY)
}
