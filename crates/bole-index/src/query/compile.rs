use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, Occur, PhraseQuery, Query as TantivyQuery, TermQuery,
};
use tantivy::schema::IndexRecordOption;

use super::{Leaf, Node, Query};
use crate::schema::Fields;

impl Query {
    /// The same query in tantivy's terms.
    pub(crate) fn compile(&self, fields: &Fields) -> Box<dyn TantivyQuery> {
        let root = node(&self.root, fields);
        if self.within.is_empty() {
            return root;
        }
        let unscored =
            |it: &Node| -> Box<dyn TantivyQuery> { Box::new(ConstScoreQuery::new(node(it, fields), 0.0)) };
        let within = self.within.iter().map(|it| (Occur::Must, unscored(it)));
        Box::new(BooleanQuery::new(std::iter::once((Occur::Must, root)).chain(within).collect()))
    }
}

fn node(it: &Node, fields: &Fields) -> Box<dyn TantivyQuery> {
    match it {
        Node::Leaf(it) => leaf(it, fields),
        Node::Not(_) => all(std::slice::from_ref(it), fields),
        Node::And(nodes) => all(nodes, fields),
        Node::Or(nodes) => {
            let clauses = nodes.iter().map(|it| (Occur::Should, node(it, fields))).collect();
            Box::new(BooleanQuery::new(clauses))
        }
    }
}

fn all(nodes: &[Node], fields: &Fields) -> Box<dyn TantivyQuery> {
    let clause = |it: &Node| match it {
        Node::Not(inner) => (Occur::MustNot, node(inner, fields)),
        Node::Leaf(_) | Node::And(_) | Node::Or(_) => (Occur::Must, node(it, fields)),
    };
    let mut clauses = nodes.iter().map(clause).collect::<Vec<_>>();
    if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
        // Tantivy finds nothing where nothing is sought.
        clauses.push((Occur::Must, Box::new(AllQuery)));
    }
    Box::new(BooleanQuery::new(clauses))
}

fn leaf(it: &Leaf, fields: &Fields) -> Box<dyn TantivyQuery> {
    let field = fields.of(it.scope);
    let mut terms = it
        .terms
        .iter()
        .map(|(offset, text)| (*offset, Term::from_field_text(field, text)))
        .collect::<Vec<_>>();
    match terms.pop() {
        Some((_, term)) if terms.is_empty() => {
            let postings =
                if it.scope.is_code() { IndexRecordOption::Basic } else { IndexRecordOption::WithFreqs };
            Box::new(TermQuery::new(term, postings))
        }
        last => {
            terms.extend(last);
            Box::new(PhraseQuery::new_with_offset(terms))
        }
    }
}
