//! Profiles of before.

use bole_core::ContentHash;
use bole_rank::Profile;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::artifacts::{Kind, kept};
use crate::{Engine, EngineError};

/// A version of a profile that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProfileVersion {
    /// The profile's id.
    pub profile: String,
    /// Its hash.
    pub hash: ContentHash,
    /// When it was first kept; none if that was before this was noted.
    pub kept_at: Option<Timestamp>,
    /// Whether it is the one of the configuration.
    pub in_force: bool,
}

/// More than there will ever be.
const N_VERSIONS: u32 = 100_000;
/// The least digits of a prefix.
const MIN_PREFIX: usize = 8;

/// All versions of profiles that are kept, by name, the oldest first. A profile is kept when resumes are taken in, and
/// when it is first ranked by.
///
/// # Errors
/// An outage.
pub async fn profile_versions(engine: &Engine) -> Result<Vec<ProfileVersion>, EngineError> {
    let mut versions = Vec::new();
    for artifact in engine.store().artifacts(Kind::Profile.code(), N_VERSIONS).await? {
        let text = kept(engine, Kind::Profile, artifact.hash).await?;
        // What is not a profile any more is listed nowhere; a match by it says so.
        let Some(profile) = name_of(&text) else { continue };
        let today = engine.knowledge().profiles().get(&profile);
        let in_force = today.is_some_and(|today| today.hash() == artifact.hash);
        versions.push(ProfileVersion { profile, hash: artifact.hash, kept_at: artifact.kept_at, in_force });
    }
    versions.sort_by(|left, right| left.profile.cmp(&right.profile));
    Ok(versions)
}

/// A version of a profile by `NAME@HASH`, with at least the first 8 hex digits of the hash; read with the lexicon in
/// force.
///
/// # Errors
/// [`EngineError::UnknownVersion`], [`EngineError::AmbiguousVersion`]; [`EngineError::Configuration`] if the lexicon in
/// force has not all that it names; an outage.
pub async fn profile_version(engine: &Engine, version: &str) -> Result<Profile, EngineError> {
    let unknown = || EngineError::UnknownVersion(version.chars().take(200).collect());
    let (name, prefix) = version.split_once('@').ok_or_else(unknown)?;
    if prefix.len() < MIN_PREFIX {
        return Err(unknown());
    }
    let kind = Kind::Profile;
    let found = engine.store().artifacts_by_prefix(kind.code(), &prefix.to_ascii_lowercase(), 6).await?;
    let mut texts = Vec::new();
    for hash in found {
        let text = kept(engine, kind, hash).await?;
        if name_of(&text).is_some_and(|found| found == name) {
            texts.push(text);
        }
    }
    match texts.as_slice() {
        [] => Err(unknown()),
        [text] => engine.knowledge().parse_profile(version, text).map_err(EngineError::Configuration),
        _ => Err(EngineError::AmbiguousVersion(version.to_owned())),
    }
}

/// The id of a profile, whatever else is in it.
fn name_of(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        id: Option<String>,
        field: String,
    }
    toml::from_str::<Named>(text).ok().map(|named| named.id.unwrap_or(named.field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Knowledge;

    #[test]
    fn the_name_is_found_without_a_lexicon() {
        for (name, text) in Knowledge::load(None).unwrap().profile_texts() {
            assert_eq!(name_of(text).unwrap(), *name);
        }
        assert_eq!(name_of("field = 1"), None);
        assert_eq!(name_of("id = 'a'\nfield = 'b'").as_deref(), Some("a"));
    }
}
