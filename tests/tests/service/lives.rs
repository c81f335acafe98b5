//! The service as a process that is killed and started again.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use paylink_tests::chance::Chance;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{sleep, timeout};

/// How long a process may take to begin or to end, on a loaded machine and with its database away.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest life of one that is to be killed, from when it began, in milliseconds.
const LONGEST: u64 = 600;

pub(super) struct Life {
    child: Child,
    says: Lines<BufReader<ChildStdout>>,
}

impl Life {
    fn start(configuration: &Path) -> Life {
        let mut child = Command::new(env!("CARGO_BIN_EXE_service"))
            .arg(configuration)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let output = child.stdout.take().unwrap();
        Life {
            child,
            says: BufReader::new(output).lines(),
        }
    }

    async fn has_begun(&mut self) {
        let said = timeout(PATIENCE, self.says.next_line()).await;
        let said = said.expect("a service does not begin").unwrap();
        assert_eq!(said.as_deref(), Some("begun"));
    }

    /// Lets it end by itself.
    pub(super) async fn end(mut self) {
        drop(self.child.stdin.take());
        let ended = timeout(PATIENCE, self.child.wait()).await;
        let status = ended.expect("a service does not stop").unwrap();
        assert!(status.success(), "a service ended with {status}");
    }
}

/// Starts a service and kills it, so often, each time at any moment; then one that goes on.
pub(super) async fn killed(configuration: &Path, kills: u64, mut chance: Chance) -> Life {
    for _ in 0..kills {
        let mut life = Life::start(configuration);
        // Now and then before it listens.
        let longest = match chance.below(8) {
            0 => 60,
            _ => {
                life.has_begun().await;
                LONGEST
            }
        };
        sleep(Duration::from_millis(chance.below(longest))).await;
        life.child.kill().await.unwrap();
        if chance.below(8) == 0 {
            sleep(Duration::from_millis(chance.below(1_500))).await;
        }
    }
    let mut life = Life::start(configuration);
    life.has_begun().await;
    life
}
