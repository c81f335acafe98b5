//! The fuzzer's targets on a stable toolchain: their seeds, what was found before, and some thousand mutations of both.
//!
//! One test, so that what an input costs is counted alone.

use std::alloc::System;

use paylink_fuzzing::cases::CASES;
use paylink_fuzzing::chance::Chance;
use paylink_fuzzing::{TARGETS, Target, cost, envelopes, mutation};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How many mutations of its seeds a target is given.
const MUTATIONS: usize = 1_000;

/// How many where an input takes a file's time: what a file is read into is wiped byte by byte, a MiB of it.
const FEW_MUTATIONS: usize = 60;

#[test]
fn no_input_does_what_it_should_not() {
    let mut findings = Vec::new();
    println!("{} calls succeed", envelopes::check_good_answers().unwrap());
    println!(
        "{} deciding fields turned",
        envelopes::check_deciding_fields().unwrap()
    );
    for target in TARGETS {
        let began = std::time::Instant::now();
        let seeds = (target.seeds)();
        let mut chance = Chance::seeded(20_261_201);
        for seed in &seeds {
            findings.extend(found(target, seed));
        }
        let mutations = if target.name == "configuration" {
            FEW_MUTATIONS
        } else {
            MUTATIONS
        };
        let mut input = Vec::new();
        for number in 0..mutations {
            // A few steps away from a seed, then from another one.
            if number % 4 == 0 {
                input.clone_from(&seeds[chance.below(seeds.len())]);
            }
            mutation::mutate(&mut input, target.largest, &mut chance);
            findings.extend(found(target, &input));
        }
        println!(
            "{}: {} seeds, {mutations} mutations, {:?}",
            target.name,
            seeds.len(),
            began.elapsed()
        );
    }
    for case in CASES {
        let finding = paylink_fuzzing::check(case.target, case.input).err();
        findings.extend(finding.map(|it| format!("{}: {it}", case.name)));
    }
    findings.extend(grown());
    assert!(
        findings.is_empty(),
        "{} findings:\n{}",
        findings.len(),
        findings.join("\n")
    );
}

fn found(target: &Target, input: &[u8]) -> Option<String> {
    let finding = (target.check)(input).err()?;
    Some(format!(
        "{}: {finding}\n    {}",
        target.name,
        input.escape_ascii()
    ))
}

/// How long a document is, and how much longer the other one.
const SIZE: usize = 60;
const TWICE: usize = 2 * SIZE;

/// What costs more than in proportion when it is twice as long.
fn grown() -> Vec<String> {
    let mut findings = Vec::new();
    for target in TARGETS {
        for family in target.growing {
            for reader in 0..(target.readers)() {
                let cost = |size| {
                    let reader = u8::try_from(reader).unwrap_or(0);
                    let input = [&[reader, 0], (family.document)(size).as_bytes()].concat();
                    let outcome = (target.check)(&input);
                    (cost::last(), outcome)
                };
                let ((once, first), (twice, second)) = (cost(SIZE), cost(TWICE));
                let shown = format!("{} {family:?} at reader {reader}", target.name);
                findings.extend(first.err().map(|it| format!("{shown}: {it}")));
                findings.extend(second.err().map(|it| format!("{shown}: {it}")));
                // What it costs whatever its length counts once; two and a half, since memory is asked for in steps.
                let grows = |once: usize, twice: usize, fixed: usize| twice > once * 5 / 2 + fixed;
                if grows(once.allocations, twice.allocations, 50)
                    || grows(once.bytes, twice.bytes, 4096)
                {
                    findings.push(format!(
                        "{shown}: {once:?} became {twice:?} at twice the length"
                    ));
                }
            }
        }
    }
    findings
}
