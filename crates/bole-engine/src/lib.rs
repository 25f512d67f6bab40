//! The use cases of Bole as plain functions over an [`Engine`]: take files in, work them off, follow the change log,
//! match, explain, search, show.
//!
//! This is the only crate that composes the others. Command line and server translate to and from it and hold no
//! rule of their own; nothing here knows arguments, terminals or HTTP.

mod apart;
mod artifacts;
mod audit;
mod backup;
mod believed;
mod beside;
mod candidate;
mod catching_up;
mod certificate;
mod check;
mod choice;
mod connect;
mod cpu;
mod current;
mod data;
mod desk;
mod doctor;
mod door;
mod engine;
mod error;
mod explain;
mod export;
mod extract;
mod files;
mod filters;
mod follow;
mod ingest;
mod intake;
mod json_resume;
mod keys;
mod knowledge;
mod likeness;
mod live;
mod matching;
mod metrics;
mod pace;
mod page;
mod pictures;
mod placing;
mod population;
mod portal_side;
mod portals;
mod profiles;
mod quarantine;
mod rankings;
mod reasons;
mod receipts;
mod replay;
mod reread;
mod run;
mod scope;
mod search;
mod serve;
mod sessions;
mod settings;
mod show;
mod shown;
mod sorted;
mod status;
mod trace;
mod versions;
mod work;

pub use audit::{
    AuditBreak, AuditEntry, AuditFault, AuditFilter, AuditHead, AuditPage, AuditVerdict, audit_page,
    forget_audit_texts, note, verify_audit,
};
pub use backup::{
    BackupError, BackupOptions, BackupVerdict, FileFacts, Manifest, OriginalsKept, Restored, StoreKind,
    check_backup, create_backup, restore_backup,
};
pub use beside::{Beside, ComponentBeside, SideBySide, compare};
pub use bole_index::QueryError;
pub use bole_rank::{
    Basis, Change, ChangeKind, Compared, ComponentExplanation, Condition, Draft, Enough, Explanation, Gate,
    GateChange, GateExplanation, GateOutcome, Group, GroupKind, GroupOutline, Listed, MAX_DRAFT_BYTES,
    Meaning, Missing, NotCounted, OpenLevel, Outline, Overrides, Postdoc, PostdocWhy, Problem as Mistake,
    Profile as RankingProfile, ProfileChange, ProfileDiff, Reason as ExplainedReason, Talent, Understood,
    WhyNot,
};
pub use bole_store::{CopyProgress, NewAudit, Overdue, QuarantineFilter, SubmissionRecord, Transition};
pub use candidate::{Candidate, PageShown, candidate, dates_of};
pub use certificate::{CertificateError, Validity};
pub use check::{Checked, check};
pub use choice::ProfileChoice;
pub use connect::portal_client;
pub use cpu::{CpuPool, Panicked};
pub use current::{Warm, warm};
pub use data::DataFolder;
pub use desk::{
    Addition, Noted, decide, delete_note, delete_shortlist, entries, make_shortlist, noted, put_on_shortlist,
    rename_shortlist, shortlist, shortlists, take_off_shortlist, write_note,
};
pub use doctor::{Check, Diagnosis, Examination, Finding, Subject, Verdict, examine};
pub use door::{Door, RefusedAtDoor};
pub use engine::{Engine, ReaderProgram};
pub use error::{EngineError, ErrorKind};
pub use explain::{Explained, PlaceNow, Quote, explain};
pub use export::{
    Desk, ExportError, ExportRow, Exported, Format, MAX_EXPORT_ROWS, export_match, export_shortlist, points,
    printable, shortlist_rows, write_csv,
};
pub use extract::{Extracted, Extractor};
pub use files::{Found, find_files};
pub use follow::{catch_up, follow, reindex, search_entry};
pub use ingest::{IngestOptions, Ingested, Outcome, Progress, ingest};
pub use intake::{Admission, submit};
pub use json_resume::{
    Award, Basics, Certificate, JsonResume, Location, Meta, Profile, Project, Publication, Skill, Spoken,
    Study, Work, XBole, export, json_resume,
};
pub use keys::{KeyError, NewKey, Secret, create_key, keys, revoke_key, verify_key};
pub use knowledge::Knowledge;
pub use likeness::{Likeness, PossiblySame, possibly_same};
pub use live::{Course, Live, Moment, Sample, Sampler, sample_now};
pub use matching::{
    Mainstay, MatchPart, MatchQuery, MatchReport, Placed, PlacedChange, Reason, Unreadable, match_observed,
    match_page, older_versions_of, places_in, run_match, unreadable_of,
};
pub use metrics::{Metrics, Stage, StageTime, http_answered, metrics_reference};
pub use pace::Pace;
pub use page::Page;
pub use pictures::{PageImage, page_image};
pub use population::Census;
pub use portal_side::{PortalNews, PortalSubmission, PortalSubmitted, submit_as_portal};
pub use portals::{PortalStanding, add_portal, broker_permissions, pause_portal, portals, remove_portal};
pub use profiles::{DescriptionKind, description_of_bytes, read_description, text_of};
pub use quarantine::{
    Followed, NotDone, discard, id_in_force, original, original_of, quarantined, quarantined_ids, replay,
    submission, submissions, submissions_of_portal,
};
pub use reasons::reasons_reference;
pub use replay::replay_match;
pub use reread::{Reread, RereadOptions, RereadProgress, reread};
pub use scope::Scope;
pub use search::{Facets, Hit, SearchOptions, SearchReport, search};
pub use serve::{serve, workers};
pub use sessions::{Session, SessionToken, begin_session, end_session, session, set_blind};
pub use settings::{
    Bucket, CertificateFiles, ConsoleSettings, IntakeSettings, OriginalsSettings, QueueSettings,
    RankSettings, ReaderSettings, Remote, RereadSettings, ServerSettings, Settings, StoreSettings,
    WorkSettings, settings_reference,
};
pub use show::{Shown, resolve, resolve_file, show};
pub use status::{Part, Status, ledger, n_searchable, overdue, readiness, status};
pub use trace::{SubmissionTrace, TraceError, Traces};
pub use versions::{ProfileVersion, profile_version, profile_versions};
pub use work::work;
