//! Groups of entities: by schema, or by what is related; a frame is drawn around each.

use std::collections::{BTreeMap, HashMap};

use crate::{
    Diagram, Entity,
    layout::{self, Arrangement, Course, Framing, Link, Point, Rect, Size, Spacing},
    measure::{FRAME_HEAD, FRAME_PAD},
};

/// By what entities are grouped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// Not at all.
    #[default]
    None,
    /// By their schemas.
    Schema,
    /// By what they are related with.
    Cluster,
}

/// The groups of a diagram.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// What each is called; no two alike.
    pub titles: Vec<String>,
    /// The place of each one's colour among a look's.
    pub colours: Vec<usize>,
    /// The group of each entity, in their order; `None` where it stands alone.
    pub of: Vec<Option<usize>>,
}

/// What is drawn around a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The group's title.
    pub title: String,
    /// The place of its colour among a look's.
    pub colour: usize,
    /// The entities in it, by their places.
    pub members: Vec<usize>,
    /// Where it lies.
    pub rect: Rect,
}

/// So many colours there are for groups and notes.
pub const COLOURS: usize = 8;

impl Groups {
    /// Groups that have their colours one after the other.
    fn new(titles: Vec<String>, of: Vec<Option<usize>>) -> Self {
        Groups { colours: (0..titles.len()).map(|group| group % COLOURS).collect(), titles, of }
    }
}

impl Diagram {
    /// The groups. A cluster is called after the entity with most relationships in it, of two the one that is referred to; what is related with nothing is in none, nor is
    /// what has no schema in that of a schema.
    pub fn groups(&self, grouping: Grouping) -> Groups {
        match grouping {
            Grouping::None => Groups::new(Vec::new(), vec![None; self.entities.len()]),
            Grouping::Schema => {
                let schemas = || self.entities.iter().map(Entity::schema);
                let mut titles: Vec<String> = schemas().filter(|name| !name.is_empty()).map(str::to_owned).collect();
                titles.dedup();
                let of = schemas().map(|schema| titles.iter().position(|title| title == schema)).collect();
                Groups::new(titles, of)
            }
            Grouping::Cluster => self.cluster_groups(),
        }
    }

    fn cluster_groups(&self) -> Groups {
        let clusters = self.clusters();
        let mut sizes: HashMap<usize, usize> = HashMap::new();
        for cluster in &clusters {
            *sizes.entry(*cluster).or_default() += 1;
        }
        // How many relationships there are, and in how many it is referred to.
        let mut related = vec![(0usize, 0usize); self.entities.len()];
        for one in &self.relationships {
            if clusters[one.from.entity] == clusters[one.to.entity] && one.from.entity != one.to.entity {
                related[one.from.entity].0 += 1;
                related[one.to.entity].0 += 1;
                related[one.to.entity].1 += 1;
            }
        }
        // They are numbered by size, so that those of one come last.
        let count = sizes.values().filter(|size| **size > 1).count();
        let mut hubs: Vec<Option<usize>> = vec![None; count];
        for (place, cluster) in clusters.iter().enumerate().filter(|(_, cluster)| **cluster < count) {
            if hubs[*cluster].is_none_or(|hub| related[place] > related[hub]) {
                hubs[*cluster] = Some(place);
            }
        }
        let titles = hubs.iter().flatten().map(|hub| self.title(&self.entities[*hub])).collect();
        let of = clusters.into_iter().map(|cluster| (cluster < count).then_some(cluster));
        Groups::new(titles, of.collect())
    }

    /// The frames around entities that lie at those places.
    pub fn frames(&self, grouping: Grouping, places: &[Point]) -> Vec<Frame> {
        let Groups { titles, colours, of } = self.groups(grouping);
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (place, group) in of.iter().enumerate().take(places.len()) {
            if let Some(group) = group {
                members.entry(*group).or_default().push(place);
            }
        }
        let sizes = self.sizes();
        let framing = framing(&of);
        let frame = |(group, members): (usize, Vec<usize>)| {
            let rect = framing.around(members.iter().map(|place| Rect { at: places[*place], size: sizes[*place] }))?;
            Some(Frame { title: titles.get(group)?.clone(), colour: *colours.get(group)?, members, rect })
        };
        members.into_iter().filter_map(frame).collect()
    }

    /// Lays everything out, groups together.
    pub fn arrange(&self, grouping: Grouping) -> Arrangement {
        let of = self.groups(grouping).of;
        layout::arrange_framed(&self.sizes(), &self.links(), &framing(&of), &Spacing::default())
    }

    /// The place of every entity: those that have one keep it, the others come near what they are related with and into their groups.
    pub fn settle(&self, grouping: Grouping, places: &[Option<Point>]) -> Vec<Point> {
        let of = self.groups(grouping).of;
        layout::settle(places, &self.sizes(), &self.links(), &framing(&of), &Spacing::default())
    }

    /// The corners of every line between entities that lie at those places, in the order of the relationships. A way that is missing
    /// or empty leads straight from box to box.
    pub fn lines(&self, places: &[Point], ways: &[Vec<Point>]) -> Vec<Vec<Point>> {
        let sizes = self.sizes();
        let links = self.links();
        let line = |(index, link): (usize, &Link)| match course(link, &sizes, places) {
            Some(course) => course.corners(ways.get(index).map_or(&[], Vec::as_slice)),
            None => Vec::new(),
        };
        links.iter().enumerate().map(line).collect()
    }
}

fn framing(of: &[Option<usize>]) -> Framing<'_> {
    Framing { of, pad: FRAME_PAD, head: FRAME_HEAD }
}

fn course(link: &Link, sizes: &[Size], places: &[Point]) -> Option<Course> {
    let rect = |index: usize| Some(Rect { at: *places.get(index)?, size: *sizes.get(index)? });
    Some(Course {
        from: rect(link.from)?,
        from_y: link.from_y,
        to: rect(link.to)?,
        to_y: link.to_y,
        own: link.from == link.to,
        lane: link.to,
    })
}
