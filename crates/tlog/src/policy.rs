//! Trust policies: which logs are believed, and how many of which witnesses must have cosigned.
//!
//! Specified by [c2sp.org/tlog-policy](https://c2sp.org/tlog-policy).
//!
//! - SPEC: lines `log <vkey> [<url>]`, `witness <name> <vkey> [<url>]`, `group <name> all|any|<k> <name>...` and
//!   `quorum <name>|none`, words separated by spaces and tabs; empty lines and lines that start with `#` are ignored.
//! - SPEC: exactly one quorum line; names refer backwards only, are defined once, and are member of at most one group;
//!   `none` is reserved; 1 ≤ k ≤ n. No public key appears twice among logs, nor among witnesses, whatever its name.
//! - SPEC: names are octets, compared as such; the only control characters are tab and newline.
//! - SPEC: a checkpoint is valid if one of the logs signed it and the quorum cosigned it. A log's key name is the origin of its
//!   checkpoints. Log and witness keys have the signature type of their role: here 0x01 and 0x04.
//!
//! The specification leaves the times of cosignatures to the application. Here [`Accepted::as_of`] is the largest time T such
//! that the cosignatures made at T or later suffice for the quorum: nothing signed earlier is needed to believe that the
//! checkpoint was the log's newest at T.

use std::fmt;

use thiserror::Error;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::encoding::from_decimal;
use crate::note::{Note, NoteError, SignatureType, Vkey};

/// The name of a witness or group within a policy file: any octets but spaces, tabs and newlines.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberName(Vec<u8>);

impl MemberName {
    /// The octets, by which names are compared.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for MemberName {
    /// For people: octets that are not UTF-8 are replaced.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for MemberName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

/// A log whose checkpoints are believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Its key; the key's name is the origin of its checkpoints.
    pub vkey: Vkey,
    /// Where the application finds the log. Octets that are not UTF-8 are replaced.
    pub url: Option<String>,
}

/// A witness, or an auditor, whose cosignature counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// What the policy file calls it.
    pub name: MemberName,
    /// Its cosignature key.
    pub vkey: Vkey,
    /// Where the application finds the witness. Octets that are not UTF-8 are replaced.
    pub url: Option<String>,
}

/// Members of which `threshold` must have cosigned for the group to have.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    name: MemberName,
    threshold: usize,
    members: Vec<Member>,
}

/// A witness or group, by its position among those defined before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Member {
    Witness(usize),
    Group(usize),
}

/// A trust policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    /// `None` where the file says `quorum none`.
    quorum: Option<Member>,
}

/// Why a policy file was refused: the first line found wrong, counted from one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("policy line {line}: {problem}")]
pub struct PolicySyntaxError {
    /// The line; that after the last where something is missing.
    pub line: usize,
    /// What is wrong with it.
    pub problem: PolicyProblem,
}

/// What is wrong with a line of a policy file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PolicyProblem {
    /// A control character other than tab and newline.
    #[error("control character {0:#04x}")]
    ControlCharacter(u8),
    /// Not a line of the form the message names.
    #[error("expected {0}")]
    Malformed(&'static str),
    /// A word in the place of a keyword.
    #[error("unknown keyword {0:?}; expected log, witness, group or quorum")]
    UnknownKeyword(MemberName),
    /// Not a usable key.
    #[error(transparent)]
    Key(#[from] NoteError),
    /// A note key for a witness or a cosignature key for a log.
    #[error("key {name} has signature type {found:#04x}; here {expected:#04x} is needed")]
    WrongKeyType {
        /// The key's name.
        name: String,
        /// The type the role needs.
        expected: u8,
        /// The type found.
        found: u8,
    },
    /// The same public key twice among logs or among witnesses.
    #[error("the public key of {0} was listed before")]
    DuplicateKey(String),
    /// The same name twice, or the reserved name.
    #[error("the name {0} is already taken")]
    NameTaken(MemberName),
    /// A name not defined on an earlier line.
    #[error("{0} is not a witness or group of an earlier line")]
    UnknownName(MemberName),
    /// A name that is a member already.
    #[error("{0} is a member of a group already")]
    MemberTwice(MemberName),
    /// Not `all`, `any`, or a number from one to the number of members.
    #[error("threshold {threshold} is not all, any, or a number from 1 to {members}")]
    BadThreshold {
        /// The word found.
        threshold: MemberName,
        /// Number of members.
        members: usize,
    },
    /// A second quorum line, or none at all.
    #[error("a policy has exactly one quorum line")]
    NotOneQuorum,
}

/// Why a checkpoint was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// Not a checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A known key's signature does not verify, or no signature is by a known key.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Signed by none of the policy's logs of this origin.
    #[error("the checkpoint of {origin:?} is not signed by a log of the policy with that name")]
    NotSignedByLog {
        /// Origin of the checkpoint.
        origin: String,
    },
    /// Too few cosignatures.
    #[error("quorum {quorum} is not met: cosigned by {}", list(.cosigned))]
    QuorumNotMet {
        /// The witness or group that must have cosigned.
        quorum: MemberName,
        /// The witnesses that did.
        cosigned: Vec<MemberName>,
    },
}

/// A checkpoint that the policy accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted<'p> {
    /// What the log committed to.
    pub checkpoint: Checkpoint,
    /// The log that did.
    pub log: &'p Log,
    /// Every witness of the policy that cosigned, and when (POSIX seconds; the newest time of each).
    pub cosignatures: Vec<(&'p Witness, u64)>,
    /// The largest T such that the cosignatures made at T or later meet the quorum (POSIX seconds). `None` without a quorum:
    /// then nothing says how old the checkpoint is.
    pub as_of: Option<u64>,
}

impl Policy {
    /// Reads a policy file.
    pub fn parse(file: impl AsRef<[u8]>) -> Result<Self, PolicySyntaxError> {
        let mut reader = Reader::default();
        let mut line_number = 0;
        for line in file.as_ref().split(|octet| *octet == b'\n') {
            line_number += 1;
            reader.line(line).map_err(|problem| PolicySyntaxError {
                line: line_number,
                problem,
            })?;
        }
        let missing = PolicySyntaxError {
            line: line_number,
            problem: PolicyProblem::NotOneQuorum,
        };
        let quorum = reader.quorum.ok_or(missing)?;
        Ok(Self {
            logs: reader.logs,
            witnesses: reader.witnesses,
            groups: reader.groups,
            quorum,
        })
    }

    /// The logs, in the order of the file.
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    /// The witnesses, in the order of the file.
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// The witness or group that must have cosigned; `None` where the file says `quorum none`.
    pub fn quorum(&self) -> Option<MemberName> {
        self.quorum.map(|member| self.name(member))
    }

    /// The last group or, where there is none, witness of the file; `None` where the file has neither.
    pub fn last_member(&self) -> Option<&MemberName> {
        let group = self.groups.last().map(|group| &group.name);
        group.or(self.witnesses.last().map(|witness| &witness.name))
    }

    /// Checks that one of the logs signed this checkpoint and that the quorum cosigned it.
    ///
    /// Lines of keys the policy does not know are ignored; a line of a known key that does not verify refuses the note.
    pub fn evaluate(&self, note: &Note) -> Result<Accepted<'_>, PolicyError> {
        let checkpoint = Checkpoint::from_note(note)?;
        let log_keys = self.logs.iter().map(|log| &log.vkey);
        let witness_keys = self.witnesses.iter().map(|witness| &witness.vkey);
        let known: Vec<Vkey> = log_keys.chain(witness_keys).cloned().collect();
        let verified = note.verify(&known)?;

        let signed_by = |log: &&Log| {
            log.vkey.name().as_str() == checkpoint.origin && verified.iter().any(|line| *line.key == log.vkey)
        };
        let not_signed = || PolicyError::NotSignedByLog {
            origin: checkpoint.origin.clone(),
        };
        let log = self.logs.iter().find(signed_by).ok_or_else(not_signed)?;

        let cosigned = |witness: &Witness| {
            verified
                .iter()
                .find(|line| *line.key == witness.vkey)
                .and_then(|line| line.timestamp)
        };
        let times: Vec<Option<u64>> = self.witnesses.iter().map(cosigned).collect();
        let cosignatures: Vec<(&Witness, u64)> = self
            .witnesses
            .iter()
            .zip(&times)
            .filter_map(|(witness, time)| Some((witness, (*time)?)))
            .collect();

        let as_of = match self.quorum {
            None => None,
            Some(quorum) => Some(self.quorum_time(quorum, &times).ok_or_else(|| {
                PolicyError::QuorumNotMet {
                    quorum: self.name(quorum),
                    cosigned: cosignatures
                        .iter()
                        .map(|(witness, _)| witness.name.clone())
                        .collect(),
                }
            })?),
        };
        Ok(Accepted {
            checkpoint,
            log,
            cosignatures,
            as_of,
        })
    }

    /// The time as of which `quorum` holds, if it does. A group of threshold k has cosigned by T if k members have, so its
    /// time is the k-th newest of theirs.
    fn quorum_time(&self, quorum: Member, witness_times: &[Option<u64>]) -> Option<u64> {
        let mut group_times: Vec<Option<u64>> = Vec::with_capacity(self.groups.len());
        let time_of = |member: Member, group_times: &[Option<u64>]| match member {
            Member::Witness(position) => witness_times.get(position).copied().flatten(),
            Member::Group(position) => group_times.get(position).copied().flatten(),
        };
        for group in &self.groups {
            let members = group.members.iter();
            let mut times: Vec<u64> = members
                .filter_map(|member| time_of(*member, &group_times))
                .collect();
            times.sort_unstable_by(|a, b| b.cmp(a));
            group_times.push(times.get(group.threshold.saturating_sub(1)).copied());
        }
        time_of(quorum, &group_times)
    }

    fn name(&self, member: Member) -> MemberName {
        let name = match member {
            Member::Witness(position) => self.witnesses.get(position).map(|witness| &witness.name),
            Member::Group(position) => self.groups.get(position).map(|group| &group.name),
        };
        name.cloned().unwrap_or(MemberName(Vec::new()))
    }
}

fn list(names: &[MemberName]) -> String {
    match names {
        [] => "none of its witnesses".to_owned(),
        names => names
            .iter()
            .map(MemberName::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    }
}

const NONE: &[u8] = b"none";
const LOG_LINE: &str = "log <vkey> [<url>]";
const WITNESS_LINE: &str = "witness <name> <vkey> [<url>]";
const GROUP_LINE: &str = "group <name> all|any|<k> <name>...";
const QUORUM_LINE: &str = "quorum <name>|none";

/// What the lines read so far define.
#[derive(Default)]
struct Reader {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    quorum: Option<Option<Member>>,
}

impl Reader {
    fn line(&mut self, line: &[u8]) -> Result<(), PolicyProblem> {
        if let Some(octet) = line
            .iter()
            .find(|octet| (**octet < b' ' && **octet != b'\t') || **octet == 0x7f)
        {
            return Err(PolicyProblem::ControlCharacter(*octet));
        }
        let words: Vec<&[u8]> = line
            .split(|octet| matches!(octet, b' ' | b'\t'))
            .filter(|word| !word.is_empty())
            .collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", rest @ ..] => self.log(rest),
            [b"witness", rest @ ..] => self.witness(rest),
            [b"group", rest @ ..] => self.group(rest),
            [b"quorum", rest @ ..] => self.quorum(rest),
            [other, ..] => Err(PolicyProblem::UnknownKeyword(name(other))),
        }
    }

    fn log(&mut self, words: &[&[u8]]) -> Result<(), PolicyProblem> {
        let (vkey, url) = match words {
            [vkey] => (vkey, None),
            [vkey, url] => (vkey, Some(*url)),
            _ => return Err(PolicyProblem::Malformed(LOG_LINE)),
        };
        let vkey = key(vkey, SignatureType::Ed25519)?;
        if self
            .logs
            .iter()
            .any(|log| log.vkey.public_key() == vkey.public_key())
        {
            return Err(PolicyProblem::DuplicateKey(vkey.name().to_string()));
        }
        self.logs.push(Log {
            vkey,
            url: url.map(lossy),
        });
        Ok(())
    }

    fn witness(&mut self, words: &[&[u8]]) -> Result<(), PolicyProblem> {
        let (word, vkey, url) = match words {
            [name, vkey] => (name, vkey, None),
            [name, vkey, url] => (name, vkey, Some(*url)),
            _ => return Err(PolicyProblem::Malformed(WITNESS_LINE)),
        };
        self.check_free(word)?;
        let vkey = key(vkey, SignatureType::CosignatureV1)?;
        if self
            .witnesses
            .iter()
            .any(|witness| witness.vkey.public_key() == vkey.public_key())
        {
            return Err(PolicyProblem::DuplicateKey(vkey.name().to_string()));
        }
        self.witnesses.push(Witness {
            name: name(word),
            vkey,
            url: url.map(lossy),
        });
        Ok(())
    }

    fn group(&mut self, words: &[&[u8]]) -> Result<(), PolicyProblem> {
        let [word, threshold, names @ ..] = words else {
            return Err(PolicyProblem::Malformed(GROUP_LINE));
        };
        if names.is_empty() {
            return Err(PolicyProblem::Malformed(GROUP_LINE));
        }
        self.check_free(word)?;
        let mut members = Vec::with_capacity(names.len());
        for word in names {
            let member = self.find(word)?;
            let taken = self.groups.iter().any(|group| group.members.contains(&member));
            if taken || members.contains(&member) {
                return Err(PolicyProblem::MemberTwice(name(word)));
            }
            members.push(member);
        }
        let bad = || PolicyProblem::BadThreshold {
            threshold: name(threshold),
            members: members.len(),
        };
        let threshold = match *threshold {
            b"any" => 1,
            b"all" => members.len(),
            number => std::str::from_utf8(number)
                .ok()
                .and_then(from_decimal)
                .and_then(|number| usize::try_from(number).ok())
                .filter(|number| (1..=members.len()).contains(number))
                .ok_or_else(bad)?,
        };
        self.groups.push(Group {
            name: name(word),
            threshold,
            members,
        });
        Ok(())
    }

    fn quorum(&mut self, words: &[&[u8]]) -> Result<(), PolicyProblem> {
        let [word] = words else {
            return Err(PolicyProblem::Malformed(QUORUM_LINE));
        };
        let quorum = if *word == NONE {
            None
        } else {
            Some(self.find(word)?)
        };
        match self.quorum.replace(quorum) {
            Some(_) => Err(PolicyProblem::NotOneQuorum),
            None => Ok(()),
        }
    }

    fn find(&self, word: &[u8]) -> Result<Member, PolicyProblem> {
        let witness = self
            .witnesses
            .iter()
            .position(|witness| witness.name.0 == word)
            .map(Member::Witness);
        let group = || {
            self.groups
                .iter()
                .position(|group| group.name.0 == word)
                .map(Member::Group)
        };
        witness
            .or_else(group)
            .ok_or_else(|| PolicyProblem::UnknownName(name(word)))
    }

    fn check_free(&self, word: &[u8]) -> Result<(), PolicyProblem> {
        if word == NONE || self.find(word).is_ok() {
            return Err(PolicyProblem::NameTaken(name(word)));
        }
        Ok(())
    }
}

fn key(word: &[u8], expected: SignatureType) -> Result<Vkey, PolicyProblem> {
    let vkey = Vkey::parse(std::str::from_utf8(word).map_err(|_| NoteError::MalformedVkey(lossy(word)))?)?;
    if vkey.signature_type() != expected {
        return Err(PolicyProblem::WrongKeyType {
            name: vkey.name().to_string(),
            expected: expected.byte(),
            found: vkey.signature_type().byte(),
        });
    }
    Ok(vkey)
}

fn name(word: &[u8]) -> MemberName {
    MemberName(word.to_vec())
}

fn lossy(word: &[u8]) -> String {
    String::from_utf8_lossy(word).into_owned()
}
