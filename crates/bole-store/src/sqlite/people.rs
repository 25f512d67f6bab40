//! Which documents are of the same person.
//!
//! Documents are linked by the same portal and candidate-ref, or by the same name and a shared contact, as long as
//! the contact is seen under no other name. A person is a connected set of documents, whatever the order in which
//! they came. A new document mostly joins one set or none, which costs a few searches; only a contact that is now
//! seen under a second name, once in its life, makes the sets that it held together be taken apart and joined anew.

use std::collections::{BTreeMap, BTreeSet};

use bole_core::{DocumentId, PersonId};
use serde_json::json;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::codes;
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
pub(super) async fn regroup(
    connection: &mut SqliteConnection,
    touched: &[Touched],
) -> Result<Grouping, StoreError> {
    if touched.is_empty() {
        return Ok(Grouping::default());
    }
    let mut ids: BTreeMap<i64, DocumentId> =
        touched.iter().map(|touched| (touched.number, touched.id)).collect();
    let mut keys = keys_of(connection, ids.keys().copied()).await?;
    let known = contacts(connection, &keys).await?;

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
        for (person, id, member) in members(connection, &opened).await? {
            ids.insert(member.number, id);
            held.insert(id, person);
            others.insert(id, member);
        }
        keys = keys_of(connection, ids.keys().copied()).await?;
        let all = contacts(connection, &keys).await?;
        dead.extend(all.into_iter().filter(|it| !it.links).map(|it| it.text));
    }
    dead.extend(known.iter().filter(|it| !it.links).map(|it| it.text.clone()));

    let mut links: BTreeMap<Key, BTreeSet<Node>> = BTreeMap::new();
    for (number, key) in keys {
        let is_dead = matches!(&key, Key::Contact(contact) if dead.contains(contact));
        if let Some(id) = ids.get(&number).filter(|_| !is_dead) {
            links.entry(key).or_default().insert(Node::Document(*id));
        }
    }
    for (key, person) in persons_by_key(connection, &links, &known).await? {
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
    let eldest = eldest(connection, &groups, !held.is_empty()).await?;
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
    for (old, id, member) in members(connection, &moved.keys().copied().collect()).await? {
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
async fn eldest(
    connection: &mut SqliteConnection,
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
    let rows = sqlx::query(
        "SELECT unhex(j.value), (SELECT min(d.id) FROM standing s CROSS JOIN document d ON d.number = s.document \
         WHERE s.person = unhex(j.value) AND s.to_position IS NULL) FROM json_each(?1) j",
    )
    .bind(uuids(contended))
    .fetch_all(connection)
    .await?;
    for row in &rows {
        eldest.insert(uuid(row, 0)?, codes::document(row.try_get(1)?)?);
    }
    Ok(eldest)
}

/// The keys of documents, by document number.
async fn keys_of(
    connection: &mut SqliteConnection,
    documents: impl Iterator<Item = i64>,
) -> Result<Vec<(i64, Key)>, StoreError> {
    let documents = codes::rows(documents.map(|number| json!(number)));
    let rows = sqlx::query(
        "SELECT c.document, c.portal, c.candidate_ref FROM json_each(?1) j \
         CROSS JOIN candidate c ON c.document = j.value \
         UNION ALL \
         SELECT c.document, NULL, c.contact FROM json_each(?1) j CROSS JOIN contact c ON c.document = j.value",
    )
    .bind(documents)
    .fetch_all(connection)
    .await?;
    let mut keys = Vec::with_capacity(rows.len());
    for row in &rows {
        let text: String = row.try_get(2)?;
        let key = match row.try_get::<Option<String>, _>(1)? {
            Some(portal) => Key::Candidate { portal, candidate_ref: text },
            None => Key::Contact(text),
        };
        keys.push((row.try_get(0)?, key));
    }
    Ok(keys)
}

/// What the contacts among `keys` are good for: a few searches for each, however many documents have it.
async fn contacts(
    connection: &mut SqliteConnection,
    keys: &[(i64, Key)],
) -> Result<Vec<Contact>, StoreError> {
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
    // Before: under the names of documents that already are somebody's.
    let rows = sqlx::query(
        "SELECT j.value, \
         (SELECT min(c.name) FROM contact c WHERE c.contact = j.value), \
         (SELECT max(c.name) FROM contact c WHERE c.contact = j.value), \
         (SELECT c.name FROM contact c CROSS JOIN standing s ON s.document = c.document AND s.to_position IS NULL \
          AND s.person IS NOT NULL WHERE c.contact = j.value ORDER BY c.name LIMIT 1), \
         (SELECT c.name FROM contact c CROSS JOIN standing s ON s.document = c.document AND s.to_position IS NULL \
          AND s.person IS NOT NULL WHERE c.contact = j.value ORDER BY c.name DESC LIMIT 1), \
         (SELECT s.person FROM contact c CROSS JOIN standing s ON s.document = c.document \
          AND s.to_position IS NULL AND s.person IS NOT NULL WHERE c.contact = j.value ORDER BY c.name LIMIT 1) \
         FROM json_each(?1) j",
    )
    .bind(codes::rows(contacts.into_iter().map(|contact| json!(contact))))
    .fetch_all(connection)
    .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let name = |index: usize| row.try_get::<Option<&str>, _>(index);
        let person = match row.try_get::<Option<&[u8]>, _>(5)? {
            Some(bytes) => Some(codes::person(bytes)?.0),
            None => None,
        };
        found.push(Contact {
            text: row.try_get(0)?,
            links: name(1)? == name(2)?,
            linked: name(3)?.is_some() && name(3)? == name(4)?,
            person,
        });
    }
    Ok(found)
}

/// One person for each key that had one before; all documents with a key that links are of one person.
async fn persons_by_key(
    connection: &mut SqliteConnection,
    links: &BTreeMap<Key, BTreeSet<Node>>,
    known: &[Contact],
) -> Result<Vec<(Key, Uuid)>, StoreError> {
    let mut persons: Vec<(Key, Uuid)> = known
        .iter()
        .filter(|contact| contact.links)
        .filter_map(|contact| Some((Key::Contact(contact.text.clone()), contact.person?)))
        .collect();
    let candidates = links.keys().filter_map(|key| match key {
        Key::Candidate { portal, candidate_ref } => Some(json!([portal, candidate_ref])),
        Key::Contact(_) => None,
    });
    let rows = sqlx::query(
        "SELECT j.value ->> 0, j.value ->> 1, \
         (SELECT s.person FROM candidate c CROSS JOIN standing s ON s.document = c.document \
          AND s.to_position IS NULL AND s.person IS NOT NULL \
          WHERE c.portal = j.value ->> 0 AND c.candidate_ref = j.value ->> 1 LIMIT 1) \
         FROM json_each(?1) j",
    )
    .bind(codes::rows(candidates))
    .fetch_all(connection)
    .await?;
    for row in &rows {
        if row.try_get::<Option<&[u8]>, _>(2)?.is_some() {
            let key = Key::Candidate { portal: row.try_get(0)?, candidate_ref: row.try_get(1)? };
            persons.push((key, uuid(row, 2)?));
        }
    }
    Ok(persons)
}

/// All documents of these persons.
async fn members(
    connection: &mut SqliteConnection,
    persons: &BTreeSet<Uuid>,
) -> Result<Vec<(Uuid, DocumentId, Member)>, StoreError> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(
        "SELECT s.person, d.id, s.document, s.as_of, s.reader FROM json_each(?1) j \
         CROSS JOIN standing s ON s.person = unhex(j.value) AND s.to_position IS NULL \
         CROSS JOIN document d ON d.number = s.document",
    )
    .bind(uuids(persons.iter().copied()))
    .fetch_all(connection)
    .await?;
    let mut members = Vec::with_capacity(rows.len());
    for row in &rows {
        let member = Member { number: row.try_get(2)?, as_of: row.try_get(3)?, reader: row.try_get(4)? };
        members.push((uuid(row, 0)?, codes::document(row.try_get(1)?)?, member));
    }
    Ok(members)
}

fn uuids(persons: impl IntoIterator<Item = Uuid>) -> String {
    codes::rows(persons.into_iter().map(|person| json!(person.simple().to_string())))
}

fn uuid(row: &SqliteRow, index: usize) -> Result<Uuid, StoreError> {
    Ok(codes::person(row.try_get(index)?)?.0)
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
