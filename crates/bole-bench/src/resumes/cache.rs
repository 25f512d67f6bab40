use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, io};

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::maker::{MAKER_VERSION, ResumeMaker};
use crate::listing::BenchError;
use crate::times::{ms, processor_time};

/// Resumes in a folder, and what making them took.
#[derive(Clone, Debug, Serialize)]
pub struct MadeResumes {
    /// How many there are.
    pub n_resumes: u32,
    /// How many of them this run made; the others were there.
    pub n_made: u32,
    /// Seconds that this run took.
    pub seconds: f64,
    /// Milliseconds of processor time a resume made, on all threads, files written; none if none was made.
    pub processor_ms: Option<f64>,
    /// What they weigh.
    pub sizes: Sizes,
}

/// Bytes of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// Of all.
    pub sum: u64,
    /// The mean, rounded down.
    pub mean: u64,
    /// The smallest.
    pub min: u64,
    /// The median, by nearest rank.
    pub p50: u64,
    /// The 95th percentile, by nearest rank.
    pub p95: u64,
    /// The largest.
    pub max: u64,
}

/// Written first: what the resumes of a folder are made of.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Begun {
    maker_version: u32,
    seed: u64,
}

/// Written last: a folder with this is complete.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    #[serde(flatten)]
    begun: Begun,
    n_resumes: u32,
    sizes: Sizes,
}

/// How many resumes a folder holds. Each folder is complete or made anew.
const N_A_FOLDER: u32 = 1000;
const BEGUN: &str = "begun.json";
const MANIFEST: &str = "manifest.json";
const TRUTH: &str = "truth.jsonl";

/// Where a resume of a folder of resumes lies: `folder/012/012345.pdf`.
pub fn made_path(folder: &Path, index: u32) -> PathBuf {
    folder.join(format!("{:03}", index / N_A_FOLDER)).join(format!("{index:06}.pdf"))
}

/// Has `n_resumes` resumes of `seed` in `folder`, as [`made_path`] names them, and their [`Truth`](super::Truth) in
/// `truth.jsonl`, a line each in order. What is there in full is left as it is; a run that was broken off goes on, and
/// so does one that asks for more than there are. `progress` hears from several threads how many more there are.
///
/// # Errors
/// If a file cannot be read or written, or the folder holds resumes of another seed or maker, or more of them.
pub fn keep_resumes(
    folder: &Path,
    seed: u64,
    n_resumes: u32,
    progress: &(dyn Fn(u32) + Sync),
) -> Result<MadeResumes, BenchError> {
    let started = Instant::now();
    let (begun_path, manifest_path) = (folder.join(BEGUN), folder.join(MANIFEST));
    let begun = Begun { maker_version: MAKER_VERSION, seed };
    let other = || BenchError::OtherResumes { path: folder.to_owned() };
    if read_json(&begun_path)?.is_some_and(|there: Begun| there != begun) {
        return Err(other());
    }
    if let Some(manifest) = read_json::<Manifest>(&manifest_path)? {
        if manifest.begun != begun || manifest.n_resumes > n_resumes {
            return Err(other());
        }
        if manifest.n_resumes == n_resumes {
            progress(n_resumes);
            let seconds = started.elapsed().as_secs_f64();
            let sizes = manifest.sizes;
            return Ok(MadeResumes { n_resumes, n_made: 0, seconds, processor_ms: None, sizes });
        }
        fs::remove_file(&manifest_path).map_err(BenchError::path(&manifest_path))?;
    }
    fs::create_dir_all(folder).map_err(BenchError::path(folder))?;
    write_json(&begun_path, &begun)?;
    let maker = ResumeMaker::new();
    let pool = ThreadPoolBuilder::new().thread_name(|number| format!("resumes-{number}")).build()?;
    let mut sizes = Vec::with_capacity(n_resumes as usize);
    let (mut n_made, mut processor, mut truths) = (0, Duration::ZERO, Vec::new());
    for start in (0..n_resumes).step_by(N_A_FOLDER as usize) {
        let numbers = start..n_resumes.min(start.saturating_add(N_A_FOLDER));
        let truth_path = made_path(folder, start).with_file_name(TRUTH);
        if let Some(there) = complete(folder, numbers.clone(), &truth_path)? {
            progress(numbers.len() as u32);
            sizes.extend(there.sizes);
            truths.extend(there.truth);
            continue;
        }
        let within = truth_path.parent().unwrap_or(folder);
        fs::create_dir_all(within).map_err(BenchError::path(within))?;
        let keep = |index| keep(&maker, folder, seed, index, progress);
        let made: Vec<Kept> = pool.install(|| numbers.into_par_iter().map(keep).collect::<Result<_, _>>())?;
        n_made += made.len() as u32;
        processor += made.iter().map(|kept| kept.processor).sum::<Duration>();
        sizes.extend(made.iter().map(|kept| kept.n_bytes));
        let truth = made.into_iter().map(|kept| kept.truth + "\n").collect::<String>().into_bytes();
        write_whole(&truth_path, &truth)?;
        truths.extend(truth);
    }
    write_whole(&folder.join(TRUTH), &truths)?;
    let sizes = Sizes::of(sizes);
    write_json(&manifest_path, &Manifest { begun, n_resumes, sizes })?;
    let processor_ms = (n_made > 0).then(|| ms(processor) / f64::from(n_made));
    Ok(MadeResumes { n_resumes, n_made, seconds: started.elapsed().as_secs_f64(), processor_ms, sizes })
}

/// A resume that was written to its file.
struct Kept {
    n_bytes: u64,
    truth: String,
    processor: Duration,
}

fn keep(
    maker: &ResumeMaker,
    folder: &Path,
    seed: u64,
    index: u32,
    progress: &(dyn Fn(u32) + Sync),
) -> Result<Kept, BenchError> {
    let before = processor_time();
    let resume = maker.make(seed, index);
    let path = made_path(folder, index);
    fs::write(&path, &resume.pdf).map_err(BenchError::path(&path))?;
    let truth = serde_json::to_string(&resume.truth).map_err(BenchError::json(&path))?;
    let processor = processor_time().saturating_sub(before);
    progress(1);
    Ok(Kept { n_bytes: resume.pdf.len() as u64, truth, processor })
}

/// A folder that needs no making.
struct Complete {
    sizes: Vec<u64>,
    truth: Vec<u8>,
}

/// The sizes and the truth of these resumes, if all of them are there: the truth is written after them.
fn complete(folder: &Path, numbers: Range<u32>, truth_path: &Path) -> Result<Option<Complete>, BenchError> {
    let Some(truth) = there(fs::read(truth_path), truth_path)? else { return Ok(None) };
    if truth.split_inclusive(|byte| *byte == b'\n').count() != numbers.len() {
        return Ok(None);
    }
    let mut sizes = Vec::with_capacity(numbers.len());
    for index in numbers {
        let path = made_path(folder, index);
        let Some(metadata) = there(fs::metadata(&path), &path)? else { return Ok(None) };
        sizes.push(metadata.len());
    }
    Ok(Some(Complete { sizes, truth }))
}

/// None if there is no such file.
fn there<T>(answer: io::Result<T>, path: &Path) -> Result<Option<T>, BenchError> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(BenchError::path(path)(error)),
    }
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, BenchError> {
    let Some(text) = there(fs::read(path), path)? else { return Ok(None) };
    serde_json::from_slice(&text).map(Some).map_err(BenchError::json(path))
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), BenchError> {
    write_whole(path, &serde_json::to_vec_pretty(value).map_err(BenchError::json(path))?)
}

/// All of it or nothing, so that what is broken off is not taken for complete.
fn write_whole(path: &Path, data: &[u8]) -> Result<(), BenchError> {
    let partial = path.with_extension("partial");
    fs::write(&partial, data).map_err(BenchError::path(&partial))?;
    fs::rename(&partial, path).map_err(BenchError::path(path))
}

impl Sizes {
    fn of(mut sizes: Vec<u64>) -> Self {
        sizes.sort_unstable();
        let rank = |percent: usize| sizes.get((sizes.len() * percent).div_ceil(100).max(1) - 1).copied();
        let sum = sizes.iter().sum();
        Self {
            sum,
            mean: sum / (sizes.len() as u64).max(1),
            min: rank(0).unwrap_or_default(),
            p50: rank(50).unwrap_or_default(),
            p95: rank(95).unwrap_or_default(),
            max: rank(100).unwrap_or_default(),
        }
    }
}
