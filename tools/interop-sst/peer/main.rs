//! Writes and reads logs with the crate `sst`, as it is told on stdin: a line for each task, with tabs between its words, and a line in answer.
//!
//!     write SCRIPT LOG        appends what the script says to a new log             -> ok SETSUM
//!     concurrent SCRIPT LOG   the same by several threads at once                   -> ok SETSUM
//!     sort LOG SORTED         puts a log, sorted, into a new log                    -> ok SETSUM, or empty
//!     read LOG DUMP           dumps the entries of a log, up to its end or an error -> eof SETSUM TRUNCATION, or CODE - TRUNCATION
//!
//! TRUNCATION is what `truncate_final_partial_frame` gives: none, an offset, or a code. A script is batches, each the number of its entries in 4 bytes and
//! the entries; a dump is entries. An entry is 1 byte (1 put, 0 delete), key length, key, timestamp, and of a put value length and value; lengths are in 4
//! bytes, timestamps in 8, the lowest first.

use std::fs;
use std::io::{BufRead, Write};
use std::sync::Arc;

use sst::log::{log_to_builder, log_to_setsum, truncate_final_partial_frame, ConcurrentLogBuilder, WriteBatch};
use sst::{Builder, Error, LogBuilder, LogIterator, LogOptions};

/// Threads that append at once.
const THREADS: usize = 4;

struct Script {
    bytes: Vec<u8>,
    at: usize,
}

impl Script {
    fn open(path: &str) -> Self {
        Self { bytes: fs::read(path).expect("a script"), at: 0 }
    }

    fn take(&mut self, length: usize) -> &[u8] {
        let start = self.at;
        self.at += length;
        &self.bytes[start..self.at]
    }

    fn length(&mut self) -> usize {
        u32::from_le_bytes(self.take(4).try_into().unwrap()) as usize
    }

    fn next_batch(&mut self) -> Option<WriteBatch> {
        if self.at == self.bytes.len() {
            return None;
        }
        let mut batch = WriteBatch::default();
        for _ in 0..self.length() {
            let is_put = self.take(1)[0] == 1;
            let length = self.length();
            let key = self.take(length).to_vec();
            let timestamp = u64::from_le_bytes(self.take(8).try_into().unwrap());
            if is_put {
                let length = self.length();
                let value = self.take(length).to_vec();
                batch.put(&key, timestamp, &value).expect("a put");
            } else {
                batch.del(&key, timestamp).expect("a delete");
            }
        }
        Some(batch)
    }
}

fn write(script: &str, log: &str) -> Result<String, Error> {
    let mut script = Script::open(script);
    let mut builder = LogBuilder::new(LogOptions::default(), log)?;
    while let Some(batch) = script.next_batch() {
        builder.append(&batch)?;
    }
    let (setsum, _) = builder.seal()?;
    Ok(format!("ok\t{}", setsum.hexdigest()))
}

fn write_concurrently(script: &str, log: &str) -> Result<String, Error> {
    let mut script = Script::open(script);
    let mut shares: Vec<Vec<WriteBatch>> = (0..THREADS).map(|_| Vec::new()).collect();
    let mut number = 0;
    while let Some(batch) = script.next_batch() {
        shares[number % THREADS].push(batch);
        number += 1;
    }
    let builder = Arc::new(ConcurrentLogBuilder::<fs::File>::new(LogOptions::default(), log)?);
    let threads: Vec<_> = shares
        .into_iter()
        .map(|share| {
            let builder = Arc::clone(&builder);
            std::thread::spawn(move || {
                for batch in share {
                    builder.append(batch).expect("an append");
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("a thread");
    }
    let builder = Arc::into_inner(builder).expect("the only one");
    let (setsum, _) = builder.seal()?;
    Ok(format!("ok\t{}", setsum.hexdigest()))
}

fn sort(log: &str, sorted: &str) -> Result<String, Error> {
    let builder = LogBuilder::new(LogOptions::default(), sorted)?;
    match log_to_builder(LogOptions::default(), log, builder)? {
        Some((setsum, _)) => Ok(format!("ok\t{}", setsum.hexdigest())),
        None => Ok("empty".to_string()),
    }
}

fn dump(log: &str, out: &mut Vec<u8>) -> Result<(), Error> {
    let mut iterator = LogIterator::new(LogOptions::default(), log)?;
    while let Some(entry) = iterator.next()? {
        out.push(entry.value.is_some() as u8);
        out.extend_from_slice(&(entry.key.len() as u32).to_le_bytes());
        out.extend_from_slice(entry.key);
        out.extend_from_slice(&entry.timestamp.to_le_bytes());
        if let Some(value) = entry.value {
            out.extend_from_slice(&(value.len() as u32).to_le_bytes());
            out.extend_from_slice(value);
        }
    }
    Ok(())
}

fn read(log: &str, to: &str) -> Result<String, Error> {
    let mut out = Vec::new();
    let outcome = dump(log, &mut out);
    fs::write(to, out).expect("a dump");
    let truncation = match truncate_final_partial_frame(LogOptions::default(), log) {
        Ok(None) => "none".to_string(),
        Ok(Some(offset)) => offset.to_string(),
        Err(error) => code_of(&error),
    };
    match outcome {
        // Of a damaged log it panics.
        Ok(()) => Ok(format!("eof\t{}\t{truncation}", log_to_setsum(LogOptions::default(), log)?.hexdigest())),
        Err(error) => Ok(format!("{}\t-\t{truncation}", code_of(&error))),
    }
}

/// What stands in an error as `(code …)`.
fn code_of(error: &Error) -> String {
    let text = format!("{error:?} {error}");
    let start = text.find("(code ").map_or(0, |at| at + 6);
    let end = text[start..].find(')').map_or(text.len(), |at| start + at);
    text[start..end].replace(['\n', '\t'], " ")
}

fn main() {
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        let words: Vec<&str> = line.split('\t').collect();
        let answer = match words.as_slice() {
            ["write", script, log] => write(script, log),
            ["concurrent", script, log] => write_concurrently(script, log),
            ["sort", log, sorted] => sort(log, sorted),
            ["read", log, to] => read(log, to),
            _ => panic!("no such task: {line}"),
        };
        println!("{}", answer.unwrap_or_else(|error| format!("failed\t{}", code_of(&error))));
        std::io::stdout().flush().expect("a reader");
    }
}
