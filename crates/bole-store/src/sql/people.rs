//! Which documents are of the same person.
//!
//! Documents are linked by the same portal and candidate-ref, or by the same name and a shared contact, as long as
//! the contact is seen under no other name. A person is a connected set of documents, whatever the order in which
//! they came. A new document mostly joins one set or none, which costs a few searches; only a contact that is now
//! seen under a second name makes the sets that it held together be taken apart and joined anew. Links go only when
//! a better reader has read a document otherwise: then all that it was linked with is joined anew too.

use std::collections::{BTreeMap, BTreeSet};

use bole_core::{DocumentId, PersonId};
use uuid::Uuid;

use super::codes;
use super::columns::Columns;
use super::session::{Column, Session};
use crate::StoreError;

/// A document that is newly read, or newly named by a candidate-ref.
#[derive(Clone, Copy, Debug)]
pub(super) struct Touched {
    pub(super) number: i64,
    pub(super) id: DocumentId,
    /// The person that it is of so far.
    pub(super) person: Option<PersonId>,
}

/// What changed.
#[derive(Debug, Default)]
pub(super) struct Grouping {
    /// The documents that have a person now, or another than before.
    pub(super) persons: BTreeMap<DocumentId, PersonId>,
    /// How those of them stand that were not touched.
    pub(super) others: BTreeMap<DocumentId, Member>,
}

/// A document of a person, as it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) number: i64,
    pub(super) as_of: i64,
    pub(super) reader: u32,
}

/// What links documents.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Candidate { portal: String, candidate_ref: String },
    Contact(String),
}

/// What is linked: a document, or a person whose documents stay together whatever happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    Document(DocumentId),
    Person(Uuid),
}

/// What a contact was and is good for.
struct Contact {
    text: String,
    /// It is seen under one name.
    links: bool,
    /// It was, before the touched documents came.
    linked: bool,
    /// One person it was seen with before.
    person: Option<Uuid>,
}

/// Finds the persons of the touched documents, whose keys are stored already, and of all that this moves.
pub(super) async fn regroup<S: Session>(
    session: &mut S,
    touched: &[Touched],
) -> Result<Grouping, StoreError> {
    if touched.is_empty() {
        return Ok(Grouping::default());
    }
    let mut ids: BTreeMap<i64, DocumentId> =
        touched.iter().map(|touched| (touched.number, touched.id)).collect();
    let mut keys = keys_of(session, ids.keys().copied()).await?;
    let known = contacts(session, &keys).await?;

    // Persons that are held together by a contact which links no more.
    let opened: BTreeSet<Uuid> = known
        .iter()
        .filter(|contact| contact.linked && !contact.links)
        .filter_map(|contact| contact.person)
        .collect();
    let mut held: BTreeMap<DocumentId, Uuid> = BTreeMap::new();
    let mut others: BTreeMap<DocumentId, Member> = BTreeMap::new();
    let mut dead: BTreeSet<String> = BTreeSet::new();
    if !opened.is_empty() {
        for (person, id, member) in members(session, &opened).await? {
            ids.insert(member.number, id);
            held.insert(id, person);
            others.insert(id, member);
        }
        keys = keys_of(session, ids.keys().copied()).await?;
        let all = contacts(session, &keys).await?;
        dead.extend(all.into_iter().filter(|it| !it.links).map(|it| it.text));
    }
    dead.extend(known.iter().filter(|it| !it.links).map(|it| it.text.clone()));

    let mut links = links(keys, &ids, &dead);
    for (key, person) in persons_by_key(session, &links, &known).await? {
        if !opened.contains(&person) {
            links.entry(key).or_default().insert(Node::Person(person));
        }
    }
    let mut sets = Sets::default();
    for id in ids.values() {
        sets.find(Node::Document(*id));
    }
    for linked in links.values() {
        sets.join_all(linked);
    }
    for touched in touched {
        if let Some(PersonId(person)) = touched.person {
            if opened.contains(&person) {
                held.insert(touched.id, person);
            } else {
                sets.join(Node::Document(touched.id), Node::Person(person));
            }
        }
    }
    let groups = sets.groups();
    let eldest = eldest(session, &groups, !held.is_empty()).await?;
    let chosen = choose(&groups, &held, &eldest);

    let mut grouping = Grouping { others, ..Grouping::default() };
    let mut moved: BTreeMap<Uuid, Uuid> = BTreeMap::new();
    for (node, person) in chosen {
        match node {
            Node::Document(id) if held.get(&id) != Some(&person) => {
                grouping.persons.insert(id, PersonId(person));
            }
            Node::Person(old) if old != person => {
                moved.insert(old, person);
            }
            Node::Document(_) | Node::Person(_) => {}
        }
    }
    for (old, id, member) in members(session, &moved.keys().copied().collect()).await? {
        if let Some(person) = moved.get(&old) {
            grouping.persons.insert(id, PersonId(*person));
            grouping.others.insert(id, member);
        }
    }
    // A touched document that was of the person chosen for it does not move.
    for touched in touched {
        if touched.person.is_some() && touched.person == grouping.persons.get(&touched.id).copied() {
            grouping.persons.remove(&touched.id);
        }
    }
    Ok(grouping)
}

/// The persons that are held together by one of these contacts, as things stand.
pub(super) async fn held_by<S: Session>(
    session: &mut S,
    changed: &BTreeSet<&str>,
) -> Result<BTreeSet<Uuid>, StoreError> {
    let known = contacts(session, &as_keys(changed)).await?;
    Ok(known.into_iter().filter(|contact| contact.links).filter_map(|contact| contact.person).collect())
}

/// Finds the persons anew where contacts of documents have come and gone. What is stored says who has which by now;
/// `changed` are all contacts that somebody got or lost, `persons` those of these documents and those that these
/// contacts [held](held_by) before.
///
/// All documents of these persons are taken apart and joined anew, with those of whoever has one of the contacts and
/// is linked by it from here on, perhaps for the first time. Nobody else is linked otherwise than before.
pub(super) async fn rejoin<S: Session>(
    session: &mut S,
    mut persons: BTreeSet<Uuid>,
    changed: &BTreeSet<&str>,
) -> Result<Grouping, StoreError> {
    let known = contacts(session, &as_keys(changed)).await?;
    let linking = known.iter().filter(|contact| contact.links).map(|contact| contact.text.as_str());
    let table = [Column::texts(linking)];
    for row in &session.fetch(S::SQL.persons_of_contacts, &table, &[]).await? {
        persons.insert(codes::person(row.bytes(0)?)?.0);
    }
    let mut ids: BTreeMap<i64, DocumentId> = BTreeMap::new();
    let mut held: BTreeMap<DocumentId, Uuid> = BTreeMap::new();
    let mut grouping = Grouping::default();
    for (person, id, member) in members(session, &persons).await? {
        ids.insert(member.number, id);
        held.insert(id, person);
        grouping.others.insert(id, member);
    }
    let keys = keys_of(session, ids.keys().copied()).await?;
    let all = contacts(session, &keys).await?;
    let dead = all.into_iter().filter(|contact| !contact.links).map(|contact| contact.text).collect();
    let mut sets = Sets::default();
    for id in ids.values() {
        sets.find(Node::Document(*id));
    }
    for linked in links(keys, &ids, &dead).values() {
        sets.join_all(linked);
    }
    for (node, person) in choose(&sets.groups(), &held, &BTreeMap::new()) {
        if let Node::Document(id) = node
            && held.get(&id) != Some(&person)
        {
            grouping.persons.insert(id, PersonId(person));
        }
    }
    Ok(grouping)
}

/// Contacts as keys of no document.
fn as_keys(contacts: &BTreeSet<&str>) -> Vec<(i64, Key)> {
    contacts.iter().map(|contact| (0, Key::Contact((*contact).to_owned()))).collect()
}

/// The documents that each key links.
fn links(
    keys: Vec<(i64, Key)>,
    ids: &BTreeMap<i64, DocumentId>,
    dead: &BTreeSet<String>,
) -> BTreeMap<Key, BTreeSet<Node>> {
    let mut links: BTreeMap<Key, BTreeSet<Node>> = BTreeMap::new();
    for (number, key) in keys {
        let is_dead = matches!(&key, Key::Contact(contact) if dead.contains(contact));
        if let Some(id) = ids.get(&number).filter(|_| !is_dead) {
            links.entry(key).or_default().insert(Node::Document(*id));
        }
    }
    links
}

/// Gives every group a person: that of its member with the smallest id that has one and whose person no group before
/// it has taken, else a new one.
fn choose(
    groups: &[BTreeSet<Node>],
    held: &BTreeMap<DocumentId, Uuid>,
    eldest: &BTreeMap<Uuid, DocumentId>,
) -> Vec<(Node, Uuid)> {
    let claims_of = |group: &BTreeSet<Node>| -> BTreeSet<(Option<DocumentId>, Uuid)> {
        group
            .iter()
            .filter_map(|node| match node {
                Node::Document(id) => held.get(id).map(|person| (Some(*id), *person)),
                Node::Person(person) => Some((eldest.get(person).copied(), *person)),
            })
            .collect()
    };
    let mut claims: Vec<_> = groups.iter().map(|group| (claims_of(group), group)).collect();
    claims.sort_by(|(left, _), (right, _)| left.first().cmp(&right.first()));
    let mut taken: BTreeSet<Uuid> = BTreeSet::new();
    let mut chosen = Vec::new();
    for (claims, group) in claims {
        let person = claims
            .into_iter()
            .map(|(_, person)| person)
            .find(|person| !taken.contains(person))
            .unwrap_or_else(Uuid::new_v4);
        taken.insert(person);
        chosen.extend(group.iter().map(|node| (*node, person)));
    }
    chosen
}

/// The smallest document of each person, where several persons, or the parts of one that was opened, contend.
async fn eldest<S: Session>(
    session: &mut S,
    groups: &[BTreeSet<Node>],
    any_opened: bool,
) -> Result<BTreeMap<Uuid, DocumentId>, StoreError> {
    let persons = |group: &BTreeSet<Node>| -> Vec<Uuid> {
        let persons = group.iter().filter_map(|node| match node {
            Node::Person(person) => Some(*person),
            Node::Document(_) => None,
        });
        persons.collect()
    };
    let contended = groups.iter().map(persons).filter(|persons| any_opened || persons.len() > 1);
    let contended: Vec<Uuid> = contended.flatten().collect();
    let mut eldest = BTreeMap::new();
    if contended.is_empty() {
        return Ok(eldest);
    }
    for row in &session.fetch(S::SQL.eldest, &[Column::keys(contended)], &[]).await? {
        eldest.insert(codes::person(row.bytes(0)?)?.0, codes::document(row.bytes(1)?)?);
    }
    Ok(eldest)
}

/// The keys of documents, by document number.
async fn keys_of<S: Session>(
    session: &mut S,
    documents: impl Iterator<Item = i64>,
) -> Result<Vec<(i64, Key)>, StoreError> {
    let rows = session.fetch(S::SQL.keys_of, &[Column::numbers(documents)], &[]).await?;
    let mut keys = Vec::with_capacity(rows.len());
    for row in &rows {
        let text = row.text(2)?.to_owned();
        let key = match row.owned_or_none(1)? {
            Some(portal) => Key::Candidate { portal, candidate_ref: text },
            None => Key::Contact(text),
        };
        keys.push((row.number(0)?, key));
    }
    Ok(keys)
}

/// What the contacts among `keys` are good for: a few searches for each, however many documents have it.
async fn contacts<S: Session>(session: &mut S, keys: &[(i64, Key)]) -> Result<Vec<Contact>, StoreError> {
    let contacts: BTreeSet<&str> = keys
        .iter()
        .filter_map(|(_, key)| match key {
            Key::Contact(contact) => Some(contact.as_str()),
            Key::Candidate { .. } => None,
        })
        .collect();
    if contacts.is_empty() {
        return Ok(Vec::new());
    }
    let rows = session.fetch(S::SQL.contacts, &[Column::texts(contacts)], &[]).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        // Before: under the names of documents that already are somebody's.
        let before = row.text_or_none(3)?;
        found.push(Contact {
            text: row.text(0)?.to_owned(),
            links: row.text_or_none(1)? == row.text_or_none(2)?,
            linked: before.is_some() && before == row.text_or_none(4)?,
            person: person_or_none(row, 5)?,
        });
    }
    Ok(found)
}

/// One person for each key that had one before; all documents with a key that links are of one person.
async fn persons_by_key<S: Session>(
    session: &mut S,
    links: &BTreeMap<Key, BTreeSet<Node>>,
    known: &[Contact],
) -> Result<Vec<(Key, Uuid)>, StoreError> {
    let mut persons: Vec<(Key, Uuid)> = known
        .iter()
        .filter(|contact| contact.links)
        .filter_map(|contact| Some((Key::Contact(contact.text.clone()), contact.person?)))
        .collect();
    let candidates: Vec<(&str, &str)> = links
        .keys()
        .filter_map(|key| match key {
            Key::Candidate { portal, candidate_ref } => Some((portal.as_str(), candidate_ref.as_str())),
            Key::Contact(_) => None,
        })
        .collect();
    if candidates.is_empty() {
        return Ok(persons);
    }
    let table = [
        Column::texts(candidates.iter().map(|(portal, _)| *portal)),
        Column::texts(candidates.iter().map(|(_, candidate_ref)| *candidate_ref)),
    ];
    for row in &session.fetch(S::SQL.persons_of_candidates, &table, &[]).await? {
        if let Some(person) = person_or_none(row, 2)? {
            let (portal, candidate_ref) = (row.text(0)?.to_owned(), row.text(1)?.to_owned());
            persons.push((Key::Candidate { portal, candidate_ref }, person));
        }
    }
    Ok(persons)
}

/// All documents of these persons.
async fn members<S: Session>(
    session: &mut S,
    persons: &BTreeSet<Uuid>,
) -> Result<Vec<(Uuid, DocumentId, Member)>, StoreError> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let rows = session.fetch(S::SQL.members, &[Column::keys(persons)], &[]).await?;
    let mut members = Vec::with_capacity(rows.len());
    for row in &rows {
        let member = Member { number: row.number(2)?, as_of: row.number(3)?, reader: row.small_number(4)? };
        members.push((codes::person(row.bytes(0)?)?.0, codes::document(row.bytes(1)?)?, member));
    }
    Ok(members)
}

fn person_or_none(row: &impl Columns, index: usize) -> Result<Option<Uuid>, StoreError> {
    row.bytes_or_none(index)?.map(|bytes| Ok(codes::person(bytes)?.0)).transpose()
}

/// Disjoint sets of nodes.
#[derive(Default)]
struct Sets {
    parents: BTreeMap<Node, Node>,
}

impl Sets {
    fn find(&mut self, node: Node) -> Node {
        let mut root = node;
        while let Some(parent) = self.parents.get(&root).filter(|parent| **parent != root) {
            root = *parent;
        }
        // Everything on the way points to the root from here on.
        let mut next = node;
        while let Some(parent) = self.parents.insert(next, root).filter(|parent| *parent != next) {
            next = parent;
        }
        root
    }

    fn join(&mut self, left: Node, right: Node) {
        let (left, right) = (self.find(left), self.find(right));
        self.parents.insert(left, right);
    }

    fn join_all(&mut self, nodes: &BTreeSet<Node>) {
        if let Some(first) = nodes.first() {
            for node in nodes {
                self.join(*first, *node);
            }
        }
    }

    fn groups(&mut self) -> Vec<BTreeSet<Node>> {
        let nodes: Vec<Node> = self.parents.keys().copied().collect();
        let mut groups: BTreeMap<Node, BTreeSet<Node>> = BTreeMap::new();
        for node in nodes {
            groups.entry(self.find(node)).or_default().insert(node);
        }
        groups.into_values().collect()
    }
}
