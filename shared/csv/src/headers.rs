//! Recognises the headers of other address books.
//!
//! Knows the columns of Google Contacts, `HubSpot`, Outlook, Salesforce, Mailchimp, Intercom and Chatwoot exports, and the
//! headers that people write in English, German, Spanish, Portuguese and French. Headers are compared by
//! [`normalise`]d text, in which `E-mail 1 - Value` and `E-Mail 2 – value` are both `emailvalue`.
//!
//! Deliberately not recognised: numbers that several people share (`Company Main Phone`), numbers nobody answers (fax,
//! pager), name prefixes and suffixes, and the ids of other systems (`Record ID`).

use contacts::Channel;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::report::REPORT_COLUMNS;

/// What a column holds, according to its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A name, or a part of one.
    Name(NamePart),
    /// Values of a channel.
    Channel(Channel),
    /// The id of a contact, if the file is one of this system's exports. Many other systems use the header, too.
    Id,
    /// The country of the row's phone. Only this system's exports have the header.
    DialCode,
    /// A column of this system's exports and import reports that an import does not need.
    Derived,
}

/// Which part of a name a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NamePart {
    /// Given name.
    Given,
    /// The given name if the file has a column of family names, else the full name: `Nombre`.
    GivenOrFull,
    /// Middle names.
    Middle,
    /// Family name.
    Family,
    /// The family name if the file has a column of given names, else the full name: `Nom`.
    FamilyOrFull,
    /// The full name.
    Full,
}

/// The columns of an export that an import ignores.
const DERIVED: [&str; 2] = ["created_at", "last_seen_at"];

const NAMES: [(NamePart, &[&str]); 6] = [
    (NamePart::Full, FULL_NAMES),
    (NamePart::Given, GIVEN_NAMES),
    (NamePart::Middle, MIDDLE_NAMES),
    (NamePart::Family, FAMILY_NAMES),
    (NamePart::GivenOrFull, &["nombre", "nombres", "nome"]),
    (NamePart::FamilyOrFull, &["nom"]),
];

#[rustfmt::skip]
const FULL_NAMES: &[&str] = &[
    "name", "fullname", "contactname", "customername", "displayname", "personname", "wholename", "yourname",
    "vollername", "vollstandigername", "kontaktname", "anzeigename", "kundenname",
    "nombrecompleto", "nombreyapellido", "nombreyapellidos", "nombredecontacto",
    "nomecompleto", "nomedocontato", "nomecognome", "nomeecognome",
    "nomcomplet", "nometprenom", "prenometnom", "nomprenom", "prenomnom", "nomducontact",
];

#[rustfmt::skip]
const GIVEN_NAMES: &[&str] = &[
    "firstname", "givenname", "forename", "fname", "first", "vorname", "rufname",
    "primernombre", "nombredepila", "primeironome", "nomeproprio", "prenom", "voornaam",
];

#[rustfmt::skip]
const MIDDLE_NAMES: &[&str] = &[
    "middlename", "additionalname", "middle", "zweitervorname", "weiterevornamen", "weiterervorname",
    "segundonombre", "nomedomeio", "segundonome", "deuxiemeprenom", "autresprenoms",
];

#[rustfmt::skip]
const FAMILY_NAMES: &[&str] = &[
    "lastname", "familyname", "surname", "lname", "last", "nachname", "familienname", "zuname",
    "apellido", "apellidos", "primerapellido", "segundoapellido", "sobrenome", "apelido", "ultimonome",
    "nomdefamille", "cognome", "achternaam",
];

const CHANNELS: [(Channel, &[&str]); 7] = [
    (Channel::Telephone, TELEPHONE),
    (Channel::Whatsapp, WHATSAPP),
    (Channel::WhatsappUserId, WHATSAPP_USER_ID),
    (Channel::Email, EMAIL),
    (Channel::Instagram, INSTAGRAM),
    (Channel::Slack, SLACK),
    (Channel::MicrosoftTeams, MICROSOFT_TEAMS),
];

#[rustfmt::skip]
const TELEPHONE: &[&str] = &[
    "telephone", "phone", "tel", "phonenumber", "phoneno", "phonevalue", "telephonenumber", "telephoneno", "telno",
    "contactphone", "contactnumber", "contactphonenumber", "mainphone", "primaryphone", "primaryphonenumber",
    "mobile", "mobilephone", "mobilenumber", "mobileno", "mobilephonenumber", "mobilephoneno",
    "cell", "cellphone", "cellnumber", "cellphonenumber", "cellular",
    "homephone", "homephonenumber", "homemobile", "businessphone", "businessphonenumber", "businessmobile",
    "workphone", "workphonenumber", "workmobile", "officephone", "directphone", "otherphone",
    "sms", "smsnumber", "smsphonenumber", "callerid", "callernumber",
    "telefon", "telefonnummer", "telefonnr", "telnr", "rufnummer", "festnetz", "festnetznummer",
    "telefonprivat", "telefongeschaftlich", "telefonmobil",
    "handy", "handynummer", "handynr", "mobil", "mobilnummer", "mobilnr", "mobiltelefon", "mobilfunknummer",
    "telefono", "numerotelefono", "numerodetelefono", "nodetelefono", "telefonofijo", "telefonomovil", "telefonocelular",
    "telefonoprincipal", "telefonodecontacto", "movil", "numeromovil", "celular", "numerocelular", "numerodecelular",
    "telefone", "numerodetelefone", "numerotelefone", "numerodotelefone", "nodetelefone", "telefonefixo", "telefonecelular",
    "telefonecontato", "telefonemovel", "telemovel", "numerodetelemovel", "fone", "fonecelular",
    "numerodetelephone", "numerotelephone", "numtel", "numdetel", "notelephone", "telephonefixe",
    "telephonemobile", "telephoneportable", "portable", "numeroportable", "numerodeportable", "telportable", "gsm",
    "cellulare", "numeroditelefono",
];

#[rustfmt::skip]
const WHATSAPP: &[&str] = &[
    "whatsapp", "whatsappnumber", "whatsappno", "whatsappphone", "whatsappphonenumber", "whatsappid", "waid",
    "wanumber", "whatsappnummer", "whatsappnr", "numerowhatsapp", "numerodewhatsapp", "numerodowhatsapp",
    "telefonowhatsapp", "telefonewhatsapp", "celularwhatsapp", "numerowa",
];

const WHATSAPP_USER_ID: &[&str] = &["whatsappuserid", "whatsappbsuid", "bsuid", "businessscopeduserid"];

#[rustfmt::skip]
const EMAIL: &[&str] = &[
    "email", "emails", "mail", "emailaddress", "emailvalue", "mailaddress", "emailid", "contactemail",
    "primaryemail", "primaryemailaddress", "secondaryemail", "workemail", "businessemail", "companyemail",
    "homeemail", "personalemail", "privateemail", "otheremail", "youremail", "customeremail",
    "emailadresse", "mailadresse", "emailprivat", "emailgeschaftlich",
    "correo", "correos", "correoelectronico", "direccioncorreo", "direcciondecorreo",
    "direcciondecorreoelectronico", "direcciondeemail",
    "correioeletronico", "enderecoeletronico", "enderecodeemail", "enderecoemail",
    "adresseemail", "adressemail", "adresseelectronique", "courriel", "adressecourriel", "couriel",
    "indirizzoemail", "postaelettronica",
];

#[rustfmt::skip]
const INSTAGRAM: &[&str] = &[
    "instagram", "insta", "ig", "instagramhandle", "instagramusername", "instagramuser", "instagramname",
    "instagramaccount", "instagramprofile", "instagramid", "ighandle", "igusername", "usuarioinstagram",
    "usuariodeinstagram", "usuariodoinstagram",
];

const SLACK: &[&str] = &["slack", "slackid", "slackuser", "slackuserid", "slackmemberid", "slackhandle"];

const MICROSOFT_TEAMS: &[&str] =
    &["microsoftteams", "msteams", "teams", "microsoftteamsid", "msteamsid", "teamsid", "teamsuserid"];

/// The meaning of a header; `None` if it is unknown.
pub fn meaning(header: &str) -> Option<Meaning> {
    if is_own(header, "id") {
        return Some(Meaning::Id);
    }
    if is_own(header, "dial_code") {
        return Some(Meaning::DialCode);
    }
    if DERIVED.iter().chain(&REPORT_COLUMNS).any(|derived| is_own(header, derived)) {
        return Some(Meaning::Derived);
    }
    let header = normalise(header);
    let known = |headers: &[&str]| headers.contains(&header.as_str());
    let name = NAMES.iter().find(|(_, headers)| known(headers)).map(|&(part, _)| Meaning::Name(part));
    name.or_else(|| CHANNELS.iter().find(|(_, headers)| known(headers)).map(|&(channel, _)| Meaning::Channel(channel)))
}

/// Whether `header` is the column `own` of this system's exports, in any case.
pub fn is_own(header: &str, own: &str) -> bool {
    crate::cell::trim(header).eq_ignore_ascii_case(own)
}

/// Reduces a header to its letters, in lower case and without accents, for comparison.
///
/// Drops digits, since they only number columns of one kind (`Phone 2`), and remarks in brackets.
pub fn normalise(header: &str) -> String {
    let header = header.split_once(['(', '[']).map_or(header, |(before, _)| before);
    header.nfkd().filter(|&c| c.is_alphabetic() && !is_combining_mark(c)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_does_not_matter() {
        for header in ["E-mail 1 - Value", "e_mail_value", "EMAIL.VALUE", " E–Mail  2 – Value ", "Émail value"] {
            assert_eq!(normalise(header), "emailvalue", "{header}");
        }
        assert_eq!(normalise("Telefon (privat)"), "telefon");
        assert_eq!(normalise("Prénom"), "prenom");
        assert_eq!(normalise("Pre\u{301}nom"), "prenom");
        assert_eq!(normalise("(none)"), "");
        assert_eq!(normalise("имя 1"), "имя");
    }

    #[test]
    fn every_known_header_is_in_its_normal_form_and_in_one_place() {
        let lists = NAMES.iter().map(|(_, headers)| headers).chain(CHANNELS.iter().map(|(_, headers)| headers));
        let mut all: Vec<&str> = lists.flat_map(|headers| headers.iter().copied()).collect();
        for header in &all {
            assert_eq!(normalise(header), *header);
        }
        all.sort_unstable();
        let twice: Vec<_> = all.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }

    #[test]
    fn headers_mean_what_they_say() {
        let cases = [
            ("Nº de teléfono", Some(Meaning::Channel(Channel::Telephone))),
            ("Número de teléfono", Some(Meaning::Channel(Channel::Telephone))),
            ("Telefone", Some(Meaning::Channel(Channel::Telephone))),
            ("MobilePhone", Some(Meaning::Channel(Channel::Telephone))),
            ("WhatsApp Phone Number", Some(Meaning::Channel(Channel::Whatsapp))),
            ("E-Mail-Adresse", Some(Meaning::Channel(Channel::Email))),
            ("E-mail 2 Address", Some(Meaning::Channel(Channel::Email))),
            ("Apellidos", Some(Meaning::Name(NamePart::Family))),
            ("ID", Some(Meaning::Id)),
            ("Dial_Code", Some(Meaning::DialCode)),
            ("Dial code", None),
            ("Last_Seen_At", Some(Meaning::Derived)),
            ("Record ID", None),
            ("Record ID - Contact", None),
            ("Company Main Phone", None),
            ("Business Fax", None),
            ("Phone 1 - Label", None),
            ("E-mail 1 - Type", None),
            ("E-mail Display Name", None),
            ("Phonetic First Name", None),
            ("Account Name", None),
            ("", None),
        ];
        for (header, expected) in cases {
            assert_eq!(meaning(header), expected, "{header}");
        }
    }
}
