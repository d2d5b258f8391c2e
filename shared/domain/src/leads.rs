//! Where the identifiers of an observation lead.
//!
//! A claim leads to its contact. But an identifier may name somebody else than the observation is about: see [`Course`].

use jiff::Timestamp;

use crate::conflict::ConflictReason;
use crate::contact::Contact;
use crate::field::Channel;
use crate::identifier::Identifier;
use crate::identifiers::Hold;
use crate::ids::ContactId;
use crate::observation::{MAX_OF_ONE_FIELD, NamedIdentifier, Observation};
use crate::proof::Proof;
use crate::record::{Claim, ClaimNote};
use crate::settings::Settings;
use crate::snapshot::{Resolution, Snapshot, Torn};
use crate::voice::Voice;

/// An identifier of an observation, and what becomes of it.
pub(crate) struct Lead<'a> {
    pub(crate) named: &'a NamedIdentifier,
    pub(crate) course: Course,
}

/// What becomes of an identifier of an observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    /// Nobody has it: the primary contact takes it.
    Free,
    /// It leads to this contact.
    Leads(ContactId),
    /// It is left out: a person removed it from the contact, or the observation is older than its contact's deletion.
    Suppressed,
    /// It is left out: a person separated its contact from this conversation.
    KeptApart,
    /// Several people share it, and the observation has another identifier: it only shows on the primary contact.
    Shown,
    /// It turns out to be shared, because the observation is about somebody else than this contact, its owner.
    SharedWith(ContactId),
    /// The same, but the observation proves it and its owner does not: the claim moves to the primary contact.
    MovesFrom(ContactId),
    /// This contact was only ever said to have it, and the observation proves it: the primary contact takes it.
    TakenFrom(ContactId),
    /// It stays with this contact, although the observation is about somebody else.
    StaysWith(ContactId, ConflictReason),
}

/// The identifiers of an observation, in order of precedence.
pub(crate) struct Leads<'a> {
    pub(crate) leads: Vec<Lead<'a>>,
    /// The contact that a row names by its id, or the one under which all shared identifiers of the observation are known.
    pub(crate) named: Option<ContactId>,
    /// The contact from which a person separated the conversation.
    pub(crate) apart: Option<ContactId>,
}

impl<'a> Leads<'a> {
    /// Resolves the identifiers that the settings do not block.
    pub(crate) fn of(book: &Snapshot, seen: &'a Observation, voice: &Voice<'_>) -> Result<Leads<'a>, Torn> {
        let mut leads = Vec::with_capacity(seen.named().len());
        for named in seen.named().iter().filter(|named| !book.settings().blocks(&named.identifier)) {
            let course = match book.resolve(&named.identifier, seen.at())? {
                Resolution::Unclaimed => Course::Free,
                Resolution::Live(id) => Course::Leads(id),
                Resolution::Suppressed => Course::Suppressed,
            };
            leads.push(Lead { named, course });
        }
        let named = match seen.contact.map(|id| book.follow(id, seen.at())).transpose()? {
            Some(Resolution::Live(id)) => Some(id),
            _ => None,
        };
        let mut leads = Leads { leads, named, apart: apart(book, seen)? };
        leads.leave_out_removed(book, seen);
        leads.leave_out_separated();
        leads.set_shared_aside(book, seen)?;
        leads.tell_apart(book, seen, voice)?;
        Ok(leads)
    }

    /// Leaves out an identifier that a person removed from one of the contacts, even if another contact has it now:
    /// joining the two contacts would bring it back.
    fn leave_out_removed(&mut self, book: &Snapshot, seen: &Observation) {
        let met: Vec<&Contact> = self.contacts().filter_map(|id| book.live(id)).collect();
        for Lead { named, course } in &mut self.leads {
            let Some(channel) = named.channel else { continue };
            let removed = |contact: &&Contact| {
                contact.is_edited_since(&channel.into(), seen.at()) && !contact.holds(&named.identifier)
            };
            if met.iter().any(removed) {
                *course = Course::Suppressed;
            }
        }
    }

    fn leave_out_separated(&mut self) {
        let apart = self.apart;
        for lead in &mut self.leads {
            if apart.is_some() && lead.leads_to() == apart {
                lead.course = Course::KeptApart;
            }
        }
    }

    /// Beside another identifier a shared one decides nothing. A single one leads to its owner. If there are several and
    /// nothing else, they lead to the first contact that is not clearly called differently: of those that have all of them,
    /// else of their owners.
    fn set_shared_aside(&mut self, book: &Snapshot, seen: &Observation) -> Result<(), Torn> {
        let is_shared = |lead: &Lead<'_>| lead.leads_to().is_some() && book.is_shared(&lead.named.identifier);
        let shared = self.leads.iter().filter(|lead| is_shared(lead)).count();
        if shared == 0 {
            return Ok(());
        }
        let names = |lead: &Lead<'_>| match lead.named.channel {
            Some(_) => !is_shared(lead) && lead.course != Course::Suppressed,
            None => lead.leads_to().is_some(),
        };
        if self.named.is_none() && !self.leads.iter().any(names) {
            if shared == 1 {
                return Ok(());
            }
            let observed = seen.best_name();
            let owners = self.leads.iter().filter(|lead| is_shared(lead)).filter_map(Lead::leads_to);
            for id in
                seen.known_under_all(book.settings(), |identifier| book.claim(identifier)).into_iter().chain(owners)
            {
                let Resolution::Live(id) = book.follow(id, seen.at())? else { continue };
                if Some(id) == self.apart {
                    continue;
                }
                let name = book.live(id).and_then(Contact::name);
                if !observed.zip(name).is_some_and(|(observed, name)| observed.clearly_differs(name)) {
                    self.named = Some(id);
                    break;
                }
            }
        }
        let named = self.named;
        for lead in self.leads.iter_mut().filter(|lead| is_shared(lead)) {
            if named.is_none() || lead.leads_to() != named {
                lead.course = Course::Shown;
            }
        }
        Ok(())
    }

    /// Finds identifiers that lead to somebody else than the observation is about. What leads to the contact of the
    /// conversation, or to the one that a row names by its id, does not.
    fn tell_apart(&mut self, book: &Snapshot, seen: &Observation, voice: &Voice<'_>) -> Result<(), Torn> {
        let certain: Vec<ContactId> = self
            .named
            .into_iter()
            .chain(self.leads.iter().filter(|lead| lead.named.channel.is_none()).filter_map(Lead::leads_to))
            .collect();
        let mut courses = Vec::new();
        for (place, lead) in self.leads.iter().enumerate() {
            let (Some(id), Some(_)) = (lead.leads_to(), lead.named.channel) else { continue };
            let owner = book.live(id).ok_or(Torn)?;
            let held = owner.identifiers.find(&lead.named.identifier).map(|held| held.proof);
            let vouches = voice.vouches(owner);
            let proves = voice.proves(&lead.named.identifier);
            let differs = !certain.contains(&id) && self.is_about_somebody_else(book, seen, lead, owner);
            let course = if proves && !vouches && held == Some(Proof::Stated) {
                Course::TakenFrom(id)
            } else if differs && !vouches {
                Course::StaysWith(id, ConflictReason::DifferentPerson)
            } else if differs && proves && held.is_some_and(|held| !held.is_proven()) {
                Course::MovesFrom(id)
            } else if differs || (vouches && !certain.contains(&id) && self.is_crowded(lead, owner)) {
                Course::SharedWith(id)
            } else {
                continue;
            };
            courses.push((place, course));
        }
        for (place, course) in courses {
            self.leads[place].course = course;
        }
        Ok(())
    }

    /// Whether the observation is about somebody else than the contact to which an identifier leads: it names the person
    /// clearly differently, and has another identifier where the contact has one of its own. A row also tells people apart
    /// if its other identifier leads to another contact.
    fn is_about_somebody_else(&self, book: &Snapshot, seen: &Observation, lead: &Lead<'_>, owner: &Contact) -> bool {
        let Some(name) = owner.name() else { return false };
        let observed = seen.best_name();
        if observed.is_none() && !seen.is_row() {
            return false;
        }
        self.leads.iter().any(|other| {
            let (Some(channel), Course::Free | Course::Leads(_)) = (other.named.channel, other.course) else {
                return false;
            };
            if is_handle(channel) || owner.identifiers.shows(&other.named.identifier) {
                return false;
            }
            // The leading identifier itself, in the field of the other one, says nothing.
            let has_own = owner
                .identifiers
                .primary(channel)
                .is_some_and(|held| held.hold == Hold::Owned && held.identifier != lead.named.identifier);
            let elsewhere = other.leads_to().filter(|_| seen.is_row() && seen.contact.is_none());
            let other_name = || elsewhere.and_then(|id| book.live(id)).and_then(Contact::name);
            other.named.identifier != lead.named.identifier
                && (has_own || elsewhere.is_some())
                && observed.or_else(other_name).is_some_and(|other| other.clearly_differs(name))
        })
    }

    /// Whether the contact, to which nothing else leads, would get a sixth identifier of another kind through this one.
    fn is_crowded(&self, lead: &Lead<'_>, owner: &Contact) -> bool {
        let kind = lead.named.identifier.kind();
        let to_owner = self.leads.iter().filter(|other| other.leads_to() == Some(owner.id)).count();
        let free = self.leads.iter().filter(|other| other.course == Course::Free && other.named.channel.is_some());
        let mut kinds = free.map(|other| other.named.identifier.kind()).filter(|other| *other != kind);
        to_owner == 1 && kinds.any(|kind| owner.identifiers.count_of_kind(kind) >= MAX_OF_ONE_FIELD)
    }

    /// Lets lead to the primary contact what would be taken from it, or shared with it, for itself: it is the owner, or the
    /// owner has been joined into it.
    pub(crate) fn lead_to_themselves(
        &mut self,
        book: &Snapshot,
        primary: ContactId,
        at: Timestamp,
    ) -> Result<(), Torn> {
        for lead in &mut self.leads {
            let (Course::Leads(owner)
            | Course::SharedWith(owner)
            | Course::MovesFrom(owner)
            | Course::TakenFrom(owner)
            | Course::StaysWith(owner, _)) = lead.course
            else {
                continue;
            };
            if book.follow(owner, at)? == Resolution::Live(primary) {
                lead.course = Course::Leads(primary);
            }
        }
        Ok(())
    }

    /// The contacts to which something leads, in order of precedence.
    pub(crate) fn contacts(&self) -> impl Iterator<Item = ContactId> {
        self.named.into_iter().chain(self.leads.iter().filter_map(Lead::leads_to))
    }

    /// Whether an identifier names a person. Those that the settings block are not among the leads.
    pub(crate) fn name_somebody(&self) -> bool {
        self.leads.iter().any(|lead| lead.named.channel.is_some())
    }

    /// Whether the observation proves an identifier that its contact will own.
    pub(crate) fn prove_a_new_one(&self) -> bool {
        self.leads.iter().any(|lead| {
            let own = matches!(lead.course, Course::Free | Course::TakenFrom(_) | Course::MovesFrom(_));
            own && lead.named.proof.is_proven()
        })
    }

    pub(crate) fn course_of(&self, identifier: &Identifier) -> Option<Course> {
        self.leads.iter().find(|lead| lead.named.identifier == *identifier).map(|lead| lead.course)
    }
}

impl Lead<'_> {
    pub(crate) fn leads_to(&self) -> Option<ContactId> {
        match self.course {
            Course::Leads(id) => Some(id),
            _ => None,
        }
    }
}

impl Observation {
    /// The contacts that have all of the observation's shared identifiers, oldest first; empty if an identifier is not
    /// shared, apart from those that the settings block. To fold the observation, their records must be read as well.
    pub fn known_under_all<'c>(
        &self,
        settings: &Settings,
        claim: impl Fn(&Identifier) -> Option<&'c Claim>,
    ) -> Vec<ContactId> {
        let counts = |named: &&NamedIdentifier| named.channel.is_some() && !settings.blocks(&named.identifier);
        let named = self.named().iter().filter(counts);
        let mut all: Option<Vec<ContactId>> = None;
        for named in named {
            let Some(claim) = claim(&named.identifier).filter(|claim| !claim.shared_by.is_empty()) else {
                return Vec::new();
            };
            let has = |id: &ContactId| *id == claim.contact || claim.shared_by.contains(id);
            match &mut all {
                Some(all) => all.retain(has),
                None => all = Some(std::iter::once(claim.contact).chain(claim.shared_by.iter().copied()).collect()),
            }
        }
        all.unwrap_or_default()
    }
}

/// The contact from which a person separated the observation's conversation.
fn apart(book: &Snapshot, seen: &Observation) -> Result<Option<ContactId>, Torn> {
    let Some(info) = seen.conversation() else { return Ok(None) };
    match book.claim(&Identifier::Conversation(info.id.clone())) {
        Some(claim) if matches!(claim.note, ClaimNote::Unlinked(_)) => match book.follow(claim.contact, seen.at())? {
            Resolution::Live(id) => Ok(Some(id)),
            Resolution::Unclaimed | Resolution::Suppressed => Ok(None),
        },
        _ => Ok(None),
    }
}

/// Handles tell nobody apart: people have several, and share none.
fn is_handle(channel: Channel) -> bool {
    matches!(channel, Channel::Instagram | Channel::Slack | Channel::MicrosoftTeams)
}
