use super::binding::Binding;
use super::board::Mark;
use super::content::Cut;
use super::dice::Dice;
use super::face::Faces;
use super::fonts::{Fonts, Slot, Source, utf16_hex};
use super::layouts::set;
use super::objects::{Directory, Objects};
use super::person::Person;
use super::photo::photo;
use super::sheet::Sheet;
use super::standard::{HELVETICA, HELVETICA_BOLD, TIMES, TIMES_BOLD};
use super::truth::{Language, Layout, Producer, Truth};

/// Raised with every change after which a number makes other bytes.
pub const MAKER_VERSION: u32 = 1;

/// Makes resumes of people who do not exist. A seed and a number give the same bytes on every machine.
pub struct ResumeMaker {
    faces: Faces,
}

/// A resume, and what it says.
#[derive(Clone, Debug)]
pub struct MadeResume {
    /// The file.
    pub pdf: Vec<u8>,
    /// What it says.
    pub truth: Truth,
}

/// Sizes wished for in KB, by twentieths of all: log-normal with median 50 and sigma 0.74, clipped to 20 and 300.
/// Fonts alone may take more, which lifts the mean to about 82; the photo fills what they leave.
const SIZES: [u32; 21] =
    [20, 20, 20, 23, 27, 30, 34, 38, 41, 46, 50, 55, 60, 66, 74, 82, 93, 108, 129, 169, 296];

/// A photo smaller than that nobody takes.
const SMALLEST_PHOTO: u32 = 3_000;

impl Default for ResumeMaker {
    fn default() -> Self {
        Self::new()
    }
}

impl ResumeMaker {
    /// Opens the fonts, once for all resumes.
    pub fn new() -> Self {
        Self { faces: Faces::new() }
    }

    /// The resume of this number.
    pub fn make(&self, seed: u64, index: u32) -> MadeResume {
        let origin = earlier(seed, index);
        let mut person = Person::draw(seed, origin.unwrap_or(index));
        let mut dice = Dice::new(seed, index, 3);
        if origin.is_some() {
            person.renew(&mut dice);
        }
        let language = person.voice.language();
        let layout = layout(&mut dice, language, person.papers.len());
        let producer = producer(&mut dice, language);
        let sheet = Sheet::of(&person, layout, &mut dice);
        let mut fonts = self.fonts(&mut dice, language, layout, producer);
        let pages = set(&sheet, layout, language, &fonts, &mut dice);
        let pdf = write(&person, &pages, &mut fonts, producer, &mut dice);
        let n_pages = pages.len() as u32;
        let truth = Truth { index, layout, producer, newer_version_of: origin, n_pages, ..truth(person) };
        MadeResume { pdf, truth }
    }

    fn fonts(&self, dice: &mut Dice, language: Language, layout: Layout, producer: Producer) -> Fonts<'_> {
        let faces = &self.faces;
        let serif = layout == Layout::Academic || dice.chance(40);
        let (standard, standard_bold) = if serif {
            (Source::Standard("Times-Roman", &TIMES), Source::Standard("Times-Bold", &TIMES_BOLD))
        } else {
            (Source::Standard("Helvetica", &HELVETICA), Source::Standard("Helvetica-Bold", &HELVETICA_BOLD))
        };
        let composite = (Source::Composite(&faces.latin), Source::Composite(&faces.latin_bold));
        let simple = (Source::Simple(&faces.latin), Source::Simple(&faces.latin_bold));
        let latin = match (language, producer) {
            (_, Producer::Simple) => Some(simple),
            (_, Producer::Standard | Producer::Predefined) => Some((standard, standard_bold)),
            (Language::English, _) => Some(composite),
            // Many take Latin letters from the Chinese font.
            _ => *dice.pick(&[None, Some(composite), Some(simple), Some((standard, standard_bold))]),
        };
        let hei = Source::Composite(&faces.hei);
        let (chinese, chinese_bold) = match producer {
            Producer::Predefined => (Source::Predefined, Source::Predefined),
            Producer::WordProcessor => (Source::Composite(&faces.song), hei),
            _ => (hei, hei),
        };
        let latin =
            latin.into_iter().flat_map(|(plain, bold)| [(Slot::Latin, plain), (Slot::LatinBold, bold)]);
        let chinese = [(Slot::Chinese, chinese), (Slot::ChineseBold, chinese_bold)];
        let chinese = chinese.into_iter().filter(|_| language != Language::English);
        Fonts::new(latin.chain(chinese), producer != Producer::WordProcessor)
    }
}

/// One in fifty is a newer version of an earlier one, which is none itself.
pub(super) fn earlier(seed: u64, index: u32) -> Option<u32> {
    let mut dice = Dice::new(seed, index, 4);
    if index == 0 || !dice.chance(2) {
        return None;
    }
    let origin = dice.below(index);
    earlier(seed, origin).is_none().then_some(origin)
}

fn layout(dice: &mut Dice, language: Language, n_papers: usize) -> Layout {
    if n_papers > 2 && dice.chance(60) {
        return Layout::Academic;
    }
    let form = if language == Language::English { 4 } else { 20 };
    dice.weighted(&[
        (24, Layout::Plain),
        (24, Layout::Ruled),
        (17, Layout::SideBar),
        (form, Layout::Form),
        (12, Layout::Timeline),
        (9, Layout::Banner),
    ])
}

fn producer(dice: &mut Dice, language: Language) -> Producer {
    match language {
        Language::English => dice.weighted(&[
            (45, Producer::Simple),
            (30, Producer::Standard),
            (15, Producer::Typesetter),
            (10, Producer::WordProcessor),
        ]),
        _ => dice.weighted(&[
            (40, Producer::WordProcessor),
            (50, Producer::Typesetter),
            (10, Producer::Predefined),
        ]),
    }
}

fn truth(person: Person) -> Truth {
    let months_of_work = person.months_of_work();
    let (jobs, by_job): (Vec<_>, Vec<_>) = person.jobs.into_iter().unzip();
    let by_project = person.projects.into_iter().flat_map(|project| project.sentences);
    let sentences = by_job.into_iter().flatten().chain(by_project).chain(person.summary).collect();
    Truth {
        index: 0,
        language: person.voice.language(),
        layout: Layout::Plain,
        producer: Producer::Standard,
        field: person.profession.field.map(str::to_owned),
        profession: person.profession.name.to_owned(),
        name: person.name,
        emails: vec![person.email],
        phones: vec![person.phone],
        degree: person.degree,
        studies: person.studies,
        jobs,
        months_of_work,
        skills: person.skills,
        sentences,
        papers: person.papers,
        written: person.written,
        newer_version_of: None,
        n_pages: 0,
    }
}

fn write(
    person: &Person,
    pages: &[Vec<Mark>],
    fonts: &mut Fonts,
    producer: Producer,
    dice: &mut Dice,
) -> Vec<u8> {
    let cut = match producer {
        Producer::WordProcessor => Cut::Kerned,
        Producer::Simple if dice.chance(50) => Cut::Words,
        Producer::Standard if dice.chance(30) => Cut::Words,
        _ => Cut::Whole,
    };
    let mut binding = Binding::new(pages, fonts, cut, dice);
    let image = image(&mut binding.objects, dice);
    binding.share(&format!("/XObject<</Im0 {image} 0 R>>/ProcSet[/PDF/Text/ImageC]"));
    let Binding { mut objects, catalog, .. } = binding;
    let info = objects.add(information(person, producer, dice));
    let id = format!("{:016X}{:016X}", dice.next(), dice.next());
    let trailer = format!("/Root {catalog} 0 R/Info {info} 0 R/ID[<{id}><{id}>]");
    let directory = match producer {
        Producer::WordProcessor => Directory::Stream,
        Producer::Simple if dice.chance(50) => Directory::Stream,
        _ => Directory::Table,
    };
    objects.finish(directory, &trailer)
}

/// A photo of as many bytes as are left of the size wished for.
fn image(objects: &mut Objects, dice: &mut Dice) -> usize {
    let place = dice.below(20) as usize;
    let between =
        |from: u32, to: u32, thousandths: u32| (from * (1000 - thousandths) + to * thousandths) as usize;
    let wished = match SIZES.get(place..place + 2) {
        Some([from, to]) => between(*from, *to, dice.below(1000)),
        _ => 0,
    };
    let n_bytes = (wished.saturating_sub(objects.n_bytes()) as u32).max(SMALLEST_PHOTO);
    // What is not a JPEG takes long to compress, so only small ones are.
    let is_jpeg = n_bytes > 30_000 || dice.chance(75);
    let photo = photo(n_bytes, is_jpeg, dice);
    let entries = format!(
        "/Type/XObject/Subtype/Image/Width {}/Height {}/ColorSpace/DeviceRGB/BitsPerComponent 8",
        photo.width, photo.height
    );
    if photo.is_jpeg {
        objects.stream(format!("/Filter/DCTDecode{entries}"), photo.data)
    } else {
        objects.deflated(&entries, &photo.data, 1)
    }
}

fn information(person: &Person, producer: Producer, dice: &mut Dice) -> String {
    let software = match producer {
        Producer::WordProcessor => "Word Processor 16",
        Producer::Typesetter => "Typesetter 2.1",
        Producer::Predefined => "Report Writer 5.5",
        Producer::Simple => "Office Suite 7.3",
        Producer::Standard => "Resume Builder",
    };
    let (year, month) = (person.written.year(), person.written.month());
    let (day, hour, minute) = (dice.between(1, 28), dice.between(8, 22), dice.below(60));
    let date = format!("D:{year:04}{month:02}{day:02}{hour:02}{minute:02}00+08'00'");
    let title = utf16_hex(&person.name);
    format!("<</Title<FEFF{title}>/Producer({software})/CreationDate({date})/ModDate({date})>>")
}
