//! The nodes: processes that are started, stopped for a while, killed, and started again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use paylink_tests::chance::Chance;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// How far the numbers of one life's orders are from those of the next.
const APART: u64 = 1_000_000;

/// What the nodes said.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// The orders that were confirmed to be in the books.
    pub(super) added: BTreeSet<u64>,
    /// The orders whose payment a buyer was shown.
    pub(super) opened: BTreeSet<u64>,
    /// How many writes were refused since another call had claimed the order, by what they were to write.
    pub(super) refused: BTreeMap<String, u64>,
    /// The orders that another call got before the lease of their claim had ended.
    pub(super) stolen: BTreeSet<u64>,
    /// How long it took from the start of a node that was killed before until it had done something, if nothing befell it in
    /// between.
    pub(super) back_at_work: Vec<Duration>,
}

pub(super) struct Fleet {
    url: String,
    configuration: PathBuf,
    sent: PathBuf,
    seed: u64,
    size: usize,
    lives: u64,
    nodes: Vec<Node>,
    /// What every node was told, the last thing last.
    phases: Vec<&'static str>,
    told: Arc<Mutex<Told>>,
}

enum Node {
    Running(Life),
    /// It goes on at this moment.
    Paused(Life, Instant),
    /// It is started again at this moment.
    Dead(Instant),
}

struct Life {
    child: Child,
    input: ChildStdin,
    /// Whether it is known how long this one took to begin its work, or never will be.
    is_measured: Arc<AtomicBool>,
}

impl Fleet {
    pub(super) fn begin(
        nodes: usize,
        url: String,
        configuration: PathBuf,
        sent: PathBuf,
        seed: u64,
    ) -> Fleet {
        let mut fleet = Fleet {
            url,
            configuration,
            sent,
            seed,
            size: nodes,
            lives: 0,
            nodes: Vec::new(),
            phases: Vec::new(),
            told: Arc::default(),
        };
        for _ in 0..nodes {
            let life = fleet.start();
            fleet.nodes.push(Node::Running(life));
        }
        fleet
    }

    fn start(&mut self) -> Life {
        self.lives += 1;
        let (first, seed) = (self.lives * APART, self.seed + self.lives * 100);
        let mut child = Command::new(env!("CARGO_BIN_EXE_node"))
            // Each life has a name of its own at the database.
            .arg(format!("{}-{}", self.url, self.lives))
            .args([&self.configuration, &self.sent])
            .args([first.to_string(), seed.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        // The first ones begin all at once, on empty books.
        let is_measured = Arc::new(AtomicBool::new(self.nodes.len() < self.size));
        tokio::spawn(hear(
            output,
            Arc::clone(&self.told),
            Arc::clone(&is_measured),
        ));
        Life {
            child,
            input,
            is_measured,
        }
    }

    /// Starts those again, and lets those go on, whose time has come.
    pub(super) async fn go_on(&mut self) {
        let now = Instant::now();
        for index in 0..self.nodes.len() {
            match &self.nodes[index] {
                Node::Dead(until) if now >= *until => {
                    let mut life = self.start();
                    for phase in &self.phases {
                        life.tell(phase).await;
                    }
                    self.nodes[index] = Node::Running(life);
                }
                Node::Paused(life, until) if now >= *until => {
                    life.signal("CONT").await;
                    let paused = std::mem::replace(&mut self.nodes[index], Node::Dead(now));
                    if let Node::Paused(life, _) = paused {
                        self.nodes[index] = Node::Running(life);
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// The nodes that are neither dead nor stopped.
    pub(super) fn running(&self) -> Vec<usize> {
        let all = self.nodes.iter().enumerate();
        let running = all.filter(|(_, node)| matches!(node, Node::Running(_)));
        running.map(|(index, _)| index).collect()
    }

    pub(super) fn are_all_up(&self) -> bool {
        self.running().len() == self.size
    }

    pub(super) fn one_running(&self, chance: &mut Chance) -> Option<usize> {
        let running = self.running();
        let many = u64::try_from(running.len()).ok().filter(|many| *many > 0)?;
        Some(running[usize::try_from(chance.below(many)).unwrap()])
    }

    /// Kills a node, which stays away for so long, and says when that was.
    pub(super) async fn kill(&mut self, index: usize, away: Duration) -> Instant {
        let killed_at = Instant::now();
        let dead = Node::Dead(killed_at + away);
        if let Node::Running(mut life) = std::mem::replace(&mut self.nodes[index], dead) {
            life.child.kill().await.unwrap();
        }
        killed_at
    }

    /// Stops a node for so long, and says when that was.
    pub(super) async fn pause(&mut self, index: usize, time: Duration) -> Instant {
        let now = Instant::now();
        let node = std::mem::replace(&mut self.nodes[index], Node::Dead(now));
        if let Node::Running(life) = node {
            life.signal("STOP").await;
            self.nodes[index] = Node::Paused(life, now + time);
        }
        now
    }

    /// Something befell the nodes: how long one takes that has just been started says nothing.
    pub(super) fn disturbed(&self) {
        for node in &self.nodes {
            if let Node::Running(life) | Node::Paused(life, _) = node {
                life.is_measured.store(true, Ordering::SeqCst);
            }
        }
    }

    /// The dead are started again at once.
    pub(super) fn no_longer_away(&mut self) {
        for node in &mut self.nodes {
            if let Node::Dead(until) = node {
                *until = Instant::now();
            }
        }
    }

    /// Tells every node to do this, and those as well that are started again later.
    pub(super) async fn tell(&mut self, phase: &'static str) {
        self.phases.push(phase);
        for node in &mut self.nodes {
            if let Node::Running(life) | Node::Paused(life, _) = node {
                life.tell(phase).await;
            }
        }
    }

    /// Lets every node come to its end by itself.
    pub(super) async fn stop(&mut self, within: Duration) {
        self.tell("stop").await;
        for node in &mut self.nodes {
            let Node::Running(life) = node else {
                panic!("a node is not up");
            };
            let ended = tokio::time::timeout(within, life.child.wait()).await;
            let status = ended.expect("a node does not stop").unwrap();
            assert!(status.success(), "a node ended with {status}");
        }
    }

    pub(super) fn told(&self) -> Told {
        lock(&self.told).clone()
    }

    /// Under which ids each order was sent, and how often.
    pub(super) fn sent(&self) -> BTreeMap<String, BTreeMap<String, u64>> {
        let mut sent = BTreeMap::<String, BTreeMap<String, u64>>::new();
        for line in std::fs::read_to_string(&self.sent).unwrap().lines() {
            let (order, id) = line.split_once(' ').expect("half a line");
            let ids = sent.entry(order.to_owned()).or_default();
            *ids.entry(id.to_owned()).or_default() += 1;
        }
        sent
    }
}

impl Life {
    async fn tell(&mut self, phase: &str) {
        self.input
            .write_all(format!("{phase}\n").as_bytes())
            .await
            .unwrap();
    }

    async fn signal(&self, signal: &str) {
        let process = self.child.id().expect("a node ended by itself").to_string();
        let mut kill = Command::new("kill");
        let sent = kill.args(["-s", signal, &process]).status().await.unwrap();
        assert!(sent.success(), "no {signal} for a node");
    }
}

/// Writes down what a node says, until it dies.
async fn hear(output: ChildStdout, told: Arc<Mutex<Told>>, is_measured: Arc<AtomicBool>) {
    let started_at = Instant::now();
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let mut told = lock(&told);
        match line.split_once(' ') {
            Some(("added", order)) => drop(told.added.insert(order.parse().unwrap())),
            Some(("opened", order)) => drop(told.opened.insert(order.parse().unwrap())),
            Some(("stolen", order)) => drop(told.stolen.insert(order.parse().unwrap())),
            Some(("refused", write)) => *told.refused.entry(write.to_owned()).or_default() += 1,
            _ => {}
        }
        let is_work = line.starts_with("opened") || line.starts_with("sent");
        if is_work && !is_measured.swap(true, Ordering::SeqCst) {
            told.back_at_work.push(started_at.elapsed());
        }
    }
}

fn lock(told: &Mutex<Told>) -> MutexGuard<'_, Told> {
    told.lock().unwrap()
}
