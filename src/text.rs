//! Every sentence that the API says, in English and Romanian.
//!
//! One enum, one `match` a language: the compiler refuses a text that lacks a translation, which a catalogue file
//! could not. The English is the original backend's, word by word, since clients of that may compare it; clients
//! of ours key on status and JSON keys.

use std::borrow::Cow;

/// The language of an answer, chosen by `Accept-Language`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// The default.
    #[default]
    En,
    /// Chosen when Romanian is asked for before English.
    Ro,
}

impl Lang {
    /// Picks from an `Accept-Language` header: the language of the two with the higher weight, English on a tie.
    pub fn from_header(header: Option<&str>) -> Lang {
        let weight = |wanted: &str| {
            header.unwrap_or_default().split(',').fold(0.0_f32, |best, item| {
                let mut parts = item.split(';');
                let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
                let primary = tag.split('-').next().unwrap_or_default();
                let q = parts
                    .find_map(|part| part.trim().strip_prefix("q=")?.parse().ok())
                    .unwrap_or(1.0);
                if primary == wanted {
                    best.max(q)
                } else {
                    best
                }
            })
        };
        if weight("ro") > weight("en") {
            Lang::Ro
        } else {
            Lang::En
        }
    }
}

/// One sentence, with what it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    // A field of a body or query.
    Required,
    Blank,
    Null,
    NotAString,
    NotABoolean,
    NullCharacters,
    Surrogate(String),
    TooLong(usize),
    TooManyItems(usize),
    NotAnInteger,
    TooSmall(i64),
    TooBig(i64),
    InvalidPk(String),
    IncorrectPkType(&'static str),
    InvalidChoice(String),
    InvalidValue(String),
    NotAList(&'static str),
    EmptyList,
    NotADictionary(&'static str),
    // Accounts.
    UsernameTaken,
    UsernameInvalid,
    NameInvalid,
    EmailInvalid,
    EmailNotUnique,
    EmailInUse,
    PasswordsDiffer,
    PasswordTooShort,
    PasswordCommon,
    PasswordNumeric,
    PasswordSimilar(&'static str),
    OldPasswordWrong,
    LastHost,
    NotTheName,
    NotYourAccount,
    RegistrationClosed,
    ClassCodeWrong,
    GuestsOff,
    NotForGuests,
    NameTaken,
    RosterEmpty,
    RosterLine(usize),
    RosterTwice(String),
    RosterKnown(String),
    RosterUsername(String),
    // Chats and messages.
    PrivateIsForTwo,
    PrivateIsFixed,
    GroupIsFull,
    ChatIdsDiffer,
    ReplyElsewhere(String),
    NotAnEmoji,
    TooManyReactions,
    ClientIdReused,
    // Order.
    Frozen,
    Silenced,
    AnnouncesOnly,
    FilesOff,
    PrivateOff,
    PrivateWithStaff,
    GroupWithStaff,
    LookedAt,
    Held,
    TurnedDown,
    Archived,
    Locked,
    NotOverStaff,
    // Files.
    NotAFile,
    NotAPicture,
    PictureTooLarge,
    EmptyFile,
    FileTooLarge(u64),
    TwoFiles,
    BoxClosed,
    NotATime,
    QuotaFull,
    // The request as a whole.
    NotAuthenticated,
    BadCredentials,
    TokenNotValid,
    TokenInvalid,
    TokenWrongType,
    TokenBlacklisted,
    TokenWithoutUser,
    HeaderMalformed,
    UserNotFound,
    UserInactive,
    PermissionDenied,
    NotFound,
    InvalidPage,
    MethodNotAllowed(String),
    JsonParse(String),
    FormParse(String),
    UnsupportedMediaType(String),
    TooLarge,
    BadRequest,
    Throttled(u64),
    UpgradeRequired,
    HttpsOnly,
    FrameUnknown,
    NotABackup,
    BackupForeign,
    BackupNewer,
    BackupTruncated,
    BackupDamaged,
    BackupBusy,
    RestoreBusy,
    Unavailable,
    StorageFull,
    ServerError,
    // The host's.
    HostExists,
    SetupLinkWrong,
    SetupLinkExpired,
    TooShort(usize),
    Everyone,
    Welcome(String),
    ListensAlone,
    NoNetwork(System),
    Firewall(System),
    Isolation(System),
    MobileData,
    MailTitle(String),
    MailWords(String),
    MailSent(String),
    MailNone,
    MailRefused,
    MailSilent,
    MailUnreachable,
}

/// What a computer runs, where what to do depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    Windows,
    MacOs,
    Linux,
}

impl System {
    /// This computer's; what is neither of the first two is done as on Linux.
    pub const HERE: System = match () {
        () if cfg!(windows) => System::Windows,
        () if cfg!(target_os = "macos") => System::MacOs,
        () => System::Linux,
    };
}

impl Text {
    /// The word for programs, where they must tell a refusal from others of its status.
    pub fn code(&self) -> Option<&'static str> {
        Some(match self {
            Text::Frozen => "frozen",
            Text::Silenced => "silenced",
            Text::AnnouncesOnly => "announces",
            Text::FilesOff => "files_off",
            Text::PrivateOff | Text::PrivateWithStaff | Text::GroupWithStaff => "private_chats",
            Text::LookedAt => "approves",
            Text::TurnedDown => "turned_down",
            Text::Archived => "archived",
            Text::Locked => "locked",
            Text::RegistrationClosed => "registration_closed",
            Text::GuestsOff => "guests_off",
            Text::NotForGuests => "guest",
            _ => return None,
        })
    }

    /// The sentence in a language.
    pub fn say(&self, lang: Lang) -> Cow<'static, str> {
        match lang {
            Lang::En => self.english(),
            Lang::Ro => self.romanian(),
        }
    }

    fn english(&self) -> Cow<'static, str> {
        use Text::*;
        match self {
            Required => "This field is required.".into(),
            Blank => "This field may not be blank.".into(),
            Null => "This field may not be null.".into(),
            NotAString => "Not a valid string.".into(),
            NotABoolean => "Must be a valid boolean.".into(),
            NullCharacters => "Null characters are not allowed.".into(),
            Surrogate(code) => format!("Surrogate characters are not allowed: U+{code}.").into(),
            TooLong(max) => format!("Ensure this field has no more than {max} characters.").into(),
            TooManyItems(max) => format!("Ensure this field has no more than {max} elements.").into(),
            NotAnInteger => "A valid integer is required.".into(),
            TooSmall(min) => format!("Ensure this value is greater than or equal to {min}.").into(),
            TooBig(max) => format!("Ensure this value is less than or equal to {max}.").into(),
            InvalidPk(pk) => format!("Invalid pk \"{pk}\" - object does not exist.").into(),
            IncorrectPkType(got) => format!("Incorrect type. Expected pk value, received {got}.").into(),
            InvalidChoice(value) => {
                format!("Select a valid choice. {value} is not one of the available choices.").into()
            }
            InvalidValue(value) => format!("“{value}” is not a valid value.").into(),
            NotAList(got) => format!("Expected a list of items but got type \"{got}\".").into(),
            EmptyList => "This list may not be empty.".into(),
            NotADictionary(got) => format!("Invalid data. Expected a dictionary, but got {got}.").into(),
            UsernameTaken => "A user with that username already exists.".into(),
            UsernameInvalid => {
                "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.".into()
            }
            NameInvalid => "Control and invisible characters are not allowed.".into(),
            EmailInvalid => "Enter a valid email address.".into(),
            EmailNotUnique => "This field must be unique.".into(),
            EmailInUse => "This email is already in use.".into(),
            PasswordsDiffer => "Password fields didn't match.".into(),
            PasswordTooShort => "This password is too short. It must contain at least 8 characters.".into(),
            PasswordCommon => "This password is too common.".into(),
            PasswordNumeric => "This password is entirely numeric.".into(),
            PasswordSimilar(what) => format!("The password is too similar to the {what}.").into(),
            OldPasswordWrong => "Old password is not correct".into(),
            LastHost => "You are the only host: make somebody else host first.".into(),
            NotTheName => "This is not the server's name.".into(),
            NotYourAccount => "You dont have permission for this user.".into(),
            RegistrationClosed => "Nobody can make an account here right now. Ask the host.".into(),
            ClassCodeWrong => "This is not the class code. Ask the host.".into(),
            GuestsOff => "There are no guests here right now. Ask the host.".into(),
            NotForGuests => "Guests only read and write here.".into(),
            NameTaken => "Somebody here has this name, or one that looks like it. Choose another.".into(),
            RosterEmpty => "There is no name in this text.".into(),
            RosterLine(line) => {
                format!("Line {line} is no name: a first name, a last name, perhaps a username.").into()
            }
            RosterTwice(name) => format!("{name} is there twice. Add a letter that tells the two apart.").into(),
            RosterKnown(name) => format!("{name} is on the roster already.").into(),
            RosterUsername(name) => format!("Somebody has the username {name}, or one that looks like it.").into(),
            PrivateIsForTwo => "A private chat is between you and one other person.".into(),
            PrivateIsFixed => "A private chat keeps its two people, its name and its picture.".into(),
            GroupIsFull => "This group has as many people as it can hold.".into(),
            ChatIdsDiffer => "The chat in the address and the chat in the body differ.".into(),
            ReplyElsewhere(pk) => format!("Invalid pk \"{pk}\" - object does not exist.").into(),
            NotAnEmoji => "A reaction is one emoji.".into(),
            TooManyReactions => "This message has as many different reactions as it can hold.".into(),
            ClientIdReused => "This client_id was used for another message.".into(),
            Frozen => "Eyes on the host: nobody can write right now.".into(),
            Silenced => "You can't write right now. Ask the host.".into(),
            AnnouncesOnly => "In this chat only its owner and staff write.".into(),
            FilesOff => "Photos and files are switched off right now.".into(),
            PrivateOff => "Private chats are switched off here.".into(),
            PrivateWithStaff => "Private chats are only with staff here.".into(),
            GroupWithStaff => "A group needs somebody from staff in it right now.".into(),
            LookedAt => "What stands here has been looked at first: it can't be changed.".into(),
            Held => "Your message waits until somebody has looked at it.".into(),
            TurnedDown => "This message was turned down.".into(),
            Archived => "This chat is put away: it can be read, and nobody writes in it.".into(),
            Locked => "The door is locked right now. Ask the host.".into(),
            NotOverStaff => "This can't be done to staff.".into(),
            NotAFile => "The submitted data was not a file. Check the encoding type on the form.".into(),
            NotAPicture => {
                "Upload a valid image. The file you uploaded was either not an image or a corrupted image.".into()
            }
            PictureTooLarge => "This image is too large: at most 40 megapixels and 200 frames.".into(),
            EmptyFile => "The submitted file is empty.".into(),
            FileTooLarge(max) => format!("Ensure this file is no larger than {max} bytes.").into(),
            TwoFiles => "Send one file in this field.".into(),
            BoxClosed => "This box is closed.".into(),
            NotATime => "This is not a time. Write it as 2026-11-25T12:00:00Z.".into(),
            QuotaFull => "Your storage is full. Delete messages with files to make room.".into(),
            NotAuthenticated => "Authentication credentials were not provided.".into(),
            BadCredentials => "No active account found with the given credentials".into(),
            TokenNotValid => "Given token not valid for any token type".into(),
            TokenInvalid => "Token is invalid or expired".into(),
            TokenWrongType => "Token has wrong type".into(),
            TokenBlacklisted => "Token is blacklisted".into(),
            TokenWithoutUser => "Token contained no recognizable user identification".into(),
            HeaderMalformed => "Authorization header must contain two space-delimited values".into(),
            UserNotFound => "User not found".into(),
            UserInactive => "User is inactive".into(),
            PermissionDenied => "You do not have permission to perform this action.".into(),
            NotFound => "Not found.".into(),
            InvalidPage => "Invalid page.".into(),
            MethodNotAllowed(method) => format!("Method \"{method}\" not allowed.").into(),
            JsonParse(why) => format!("JSON parse error - {why}").into(),
            FormParse(why) => format!("Multipart form parse error - {why}").into(),
            UnsupportedMediaType(kind) => format!("Unsupported media type \"{kind}\" in request.").into(),
            TooLarge => "The request is too large.".into(),
            BadRequest => "The request is malformed.".into(),
            UpgradeRequired => "This address is for WebSocket connections.".into(),
            HttpsOnly => "This server speaks HTTPS only: write https:// before its address.".into(),
            FrameUnknown => "Unknown type of frame.".into(),
            Throttled(seconds) => format!("Request was throttled. Expected available in {seconds} seconds.").into(),
            NotABackup => "This file is not a backup of Messenger.".into(),
            BackupForeign => "This file is a database of another program.".into(),
            BackupNewer => "A newer Messenger wrote this backup. Start that version.".into(),
            BackupTruncated => "This backup is not whole: its end is missing.".into(),
            BackupDamaged => "This backup is damaged.".into(),
            BackupBusy => "A backup is being written already.".into(),
            RestoreBusy => "Another backup is coming in. Wait until it is done.".into(),
            Unavailable => "The server is busy. Try again in a moment.".into(),
            StorageFull => "The server's disk is full. Nothing was stored.".into(),
            ServerError => "A server error occurred.".into(),
            HostExists => "This server has a host. Ask the host.".into(),
            SetupLinkWrong => {
                "This is not the link that makes a host. It stands in the window that Messenger was started in.".into()
            }
            SetupLinkExpired => {
                "This link was good for 30 minutes. Close Messenger, start it again, and use the new one.".into()
            }
            TooShort(min) => format!("Ensure this field has at least {min} characters.").into(),
            Everyone => "Everyone".into(),
            Welcome(name) => format!("Welcome to {name}! Whoever joins is in this group.").into(),
            ListensAlone => "Messenger listens only to this computer. Start it without --address.".into(),
            NoNetwork(System::Windows) => {
                "This computer is in no network. Join a Wi-Fi, or open Settings, Network & internet, Mobile hotspot, and let the phones join that.".into()
            }
            NoNetwork(System::MacOs) => {
                "This computer is in no network. Join a Wi-Fi, or turn on Internet Sharing in System Settings, General, Sharing.".into()
            }
            NoNetwork(System::Linux) => {
                "This computer is in no network. Join a Wi-Fi, or turn on a hotspot: nmcli device wifi hotspot.".into()
            }
            Firewall(System::Windows) => {
                "A firewall. When Windows asks, allow Messenger on private and public networks. It does not ask twice: open Windows Security, Firewall & network protection, Allow an app through firewall.".into()
            }
            Firewall(System::MacOs) => {
                "A firewall. Open System Settings, Network, Firewall, Options, and allow incoming connections for Messenger.".into()
            }
            Firewall(System::Linux) => {
                "A firewall. Allow the port that is in the address, for example: sudo ufw allow 8000/tcp, or sudo firewall-cmd --add-port=8000/tcp.".into()
            }
            Isolation(System::Windows) => {
                "A network that keeps its guests apart, as in schools and hotels. Ask for another network, or make one: Settings, Network & internet, Mobile hotspot.".into()
            }
            Isolation(System::MacOs) => {
                "A network that keeps its guests apart, as in schools and hotels. Ask for another network, or use a phone's hotspot for this Mac and the others.".into()
            }
            Isolation(System::Linux) => {
                "A network that keeps its guests apart, as in schools and hotels. Ask for another network, or make one: nmcli device wifi hotspot.".into()
            }
            MailTitle(name) => format!("Mail from {name} arrives").into(),
            MailWords(name) => format!("The host of {name} has tried whether mail arrives. It does.").into(),
            MailSent(email) => format!("The mail server has taken a mail to {email}. Look there, among the spam too.").into(),
            MailNone => "No mail server is set. Set smtp_url and smtp_from in Rocket.toml and start again; until then codes for forgotten passwords are shown in the server's terminal.".into(),
            MailRefused => "The mail server has not taken the mail. Its answer says why: look at the user and password in smtp_url, and at smtp_from.".into(),
            MailSilent => "The mail server did not answer in time. Look at the host and port in smtp_url.".into(),
            MailUnreachable => "The mail server can't be reached. Look at the host, the port and the kind of encryption in smtp_url, and whether this computer is online.".into(),
            MobileData => {
                "A phone that is not in this Wi-Fi, or prefers mobile data because the Wi-Fi has no internet. Join the Wi-Fi, choose to stay in it, and turn mobile data off.".into()
            }
        }
    }

    fn romanian(&self) -> Cow<'static, str> {
        use Text::*;
        match self {
            Required => "Acest câmp este obligatoriu.".into(),
            Blank => "Acest câmp nu poate fi gol.".into(),
            Null => "Acest câmp nu poate fi nul.".into(),
            NotAString => "Nu este un text valid.".into(),
            NotABoolean => "Trebuie să fie adevărat sau fals.".into(),
            NullCharacters => "Caracterele nule nu sunt permise.".into(),
            Surrogate(code) => format!("Caracterele surogat nu sunt permise: U+{code}.").into(),
            TooLong(max) => format!("Acest câmp poate avea cel mult {max} caractere.").into(),
            TooManyItems(max) => format!("Acest câmp poate avea cel mult {max} elemente.").into(),
            NotAnInteger => "Este nevoie de un număr întreg.".into(),
            TooSmall(min) => format!("Valoarea trebuie să fie cel puțin {min}.").into(),
            TooBig(max) => format!("Valoarea trebuie să fie cel mult {max}.").into(),
            InvalidPk(pk) => format!("Pk \"{pk}\" nevalid - obiectul nu există.").into(),
            IncorrectPkType(got) => format!("Tip incorect. Era așteptată o valoare pk, a venit {got}.").into(),
            InvalidChoice(value) => {
                format!("Alegeți o opțiune validă. {value} nu este una dintre opțiunile disponibile.").into()
            }
            InvalidValue(value) => format!("„{value}” nu este o valoare validă.").into(),
            NotAList(got) => format!("Era așteptată o listă, dar a venit tipul \"{got}\".").into(),
            EmptyList => "Această listă nu poate fi goală.".into(),
            NotADictionary(got) => format!("Date nevalide. Era așteptat un dicționar, dar a venit {got}.").into(),
            UsernameTaken => "Un utilizator cu acest nume de utilizator există deja.".into(),
            UsernameInvalid => {
                "Introduceți un nume de utilizator valid: numai litere, cifre și caracterele @/./+/-/_.".into()
            }
            NameInvalid => "Caracterele de control și cele invizibile nu sunt permise.".into(),
            EmailInvalid => "Introduceți o adresă de email validă.".into(),
            EmailNotUnique => "Acest câmp trebuie să fie unic.".into(),
            EmailInUse => "Această adresă de email este deja folosită.".into(),
            PasswordsDiffer => "Cele două parole nu se potrivesc.".into(),
            PasswordTooShort => "Această parolă este prea scurtă. Trebuie să aibă cel puțin 8 caractere.".into(),
            PasswordCommon => "Această parolă este prea comună.".into(),
            PasswordNumeric => "Această parolă este formată numai din cifre.".into(),
            PasswordSimilar(what) => format!(
                "Parola seamănă prea mult cu {}.",
                match *what {
                    "username" => "numele de utilizator",
                    "first name" => "prenumele",
                    "last name" => "numele de familie",
                    _ => "adresa de email",
                }
            )
            .into(),
            OldPasswordWrong => "Parola veche nu este corectă".into(),
            LastHost => "Sunteți singura gazdă: faceți mai întâi gazdă pe altcineva.".into(),
            NotTheName => "Acesta nu este numele serverului.".into(),
            NotYourAccount => "Nu aveți permisiune pentru acest utilizator.".into(),
            RegistrationClosed => "Acum nimeni nu își poate face cont aici. Întrebați gazda.".into(),
            ClassCodeWrong => "Nu acesta este codul clasei. Întrebați gazda.".into(),
            GuestsOff => "Acum nu se intră aici ca oaspete. Întrebați gazda.".into(),
            NotForGuests => "Oaspeții doar citesc și scriu aici.".into(),
            NameTaken => "Cineva de aici are acest nume sau unul care îi seamănă. Alegeți altul.".into(),
            RosterEmpty => "În acest text nu este niciun nume.".into(),
            RosterLine(line) => {
                format!("Rândul {line} nu este un nume: prenume, nume, eventual nume de utilizator.").into()
            }
            RosterTwice(name) => format!("{name} apare de două ori. Adăugați o literă care să îi deosebească.").into(),
            RosterKnown(name) => format!("{name} este deja pe listă.").into(),
            RosterUsername(name) => format!("Cineva are numele de utilizator {name} sau unul care îi seamănă.").into(),
            PrivateIsForTwo => "O conversație privată este între dumneavoastră și încă o persoană.".into(),
            PrivateIsFixed => "O conversație privată își păstrează cei doi oameni, numele și poza.".into(),
            GroupIsFull => "Acest grup are deja câți oameni poate cuprinde.".into(),
            ChatIdsDiffer => "Conversația din adresă și cea din conținut diferă.".into(),
            ReplyElsewhere(pk) => format!("Pk \"{pk}\" nevalid - obiectul nu există.").into(),
            NotAnEmoji => "O reacție este un singur emoji.".into(),
            TooManyReactions => "Acest mesaj are deja câte reacții diferite poate ține.".into(),
            ClientIdReused => "Acest client_id a fost folosit pentru alt mesaj.".into(),
            Frozen => "Ochii la gazdă: acum nu poate scrie nimeni.".into(),
            Silenced => "Acum nu puteți scrie. Întrebați gazda.".into(),
            AnnouncesOnly => "În această conversație scriu doar proprietarul și ajutoarele gazdei.".into(),
            FilesOff => "Pozele și fișierele sunt oprite acum.".into(),
            PrivateOff => "Conversațiile private sunt oprite aici.".into(),
            PrivateWithStaff => "Conversațiile private sunt aici doar cu gazda și ajutoarele ei.".into(),
            GroupWithStaff => "Un grup trebuie să aibă acum în el gazda sau un ajutor al ei.".into(),
            LookedAt => "Ce stă aici a fost văzut înainte de cineva: nu se mai poate schimba.".into(),
            Held => "Mesajul așteaptă până se uită cineva la el.".into(),
            TurnedDown => "Acest mesaj a fost respins.".into(),
            Archived => "Această conversație este pusă deoparte: se poate citi, dar nu mai scrie nimeni.".into(),
            Locked => "Ușa este încuiată acum. Întreabă gazda.".into(),
            NotOverStaff => "Nu se poate față de ajutoarele gazdei.".into(),
            NotAFile => "Datele trimise nu sunt un fișier.".into(),
            NotAPicture => "Încărcați o imagine validă. Fișierul trimis nu este o imagine sau este stricat.".into(),
            PictureTooLarge => "Imaginea este prea mare: cel mult 40 de megapixeli și 200 de cadre.".into(),
            EmptyFile => "Fișierul trimis este gol.".into(),
            FileTooLarge(max) => format!("Fișierul poate avea cel mult {max} octeți.").into(),
            TwoFiles => "Trimiteți un singur fișier în acest câmp.".into(),
            BoxClosed => "Cutia este închisă.".into(),
            NotATime => "Acesta nu este un moment. Scrieți-l ca 2026-11-25T12:00:00Z.".into(),
            QuotaFull => "Spațiul dumneavoastră este plin. Ștergeți mesaje cu fișiere ca să faceți loc.".into(),
            NotAuthenticated => "Datele de autentificare nu au fost furnizate.".into(),
            BadCredentials => "Nu există un cont activ cu aceste date".into(),
            TokenNotValid => "Tokenul dat nu este valid".into(),
            TokenInvalid => "Tokenul este nevalid sau a expirat".into(),
            TokenWrongType => "Tokenul are alt tip".into(),
            TokenBlacklisted => "Tokenul a fost retras".into(),
            TokenWithoutUser => "Tokenul nu spune al cui este".into(),
            HeaderMalformed => "Antetul Authorization trebuie să aibă două valori despărțite de un spațiu".into(),
            UserNotFound => "Utilizatorul nu a fost găsit".into(),
            UserInactive => "Utilizatorul este inactiv".into(),
            PermissionDenied => "Nu aveți permisiunea de a face acest lucru.".into(),
            NotFound => "Nu a fost găsit(ă).".into(),
            InvalidPage => "Pagină nevalidă.".into(),
            MethodNotAllowed(method) => format!("Metoda \"{method}\" nu este permisa.").into(),
            JsonParse(why) => format!("Eroare de citire JSON - {why}").into(),
            FormParse(why) => format!("Eroare de citire a formularului - {why}").into(),
            UnsupportedMediaType(kind) => format!("Tipul media \"{kind}\" nu este acceptat.").into(),
            TooLarge => "Cererea este prea mare.".into(),
            BadRequest => "Cererea este greșit alcătuită.".into(),
            HttpsOnly => "Acest server vorbește numai HTTPS: scrieți https:// înaintea adresei.".into(),
            UpgradeRequired => "Această adresă este pentru conexiuni WebSocket.".into(),
            FrameUnknown => "Tip de mesaj necunoscut.".into(),
            Throttled(seconds) => format!("Prea multe cereri. Încercați din nou peste {seconds} secunde.").into(),
            NotABackup => "Acest fișier nu este o copie de rezervă Messenger.".into(),
            BackupForeign => "Acest fișier este o bază de date a altui program.".into(),
            BackupNewer => "Copia a fost scrisă de un Messenger mai nou. Porniți acea versiune.".into(),
            BackupTruncated => "Copia nu este întreagă: îi lipsește sfârșitul.".into(),
            BackupDamaged => "Copia este stricată.".into(),
            BackupBusy => "Se scrie deja o copie de rezervă.".into(),
            RestoreBusy => "Se primește deja o altă copie. Așteptați să se termine.".into(),
            Unavailable => "Serverul este ocupat. Încercați din nou imediat.".into(),
            StorageFull => "Discul serverului este plin. Nu s-a salvat nimic.".into(),
            ServerError => "A apărut o eroare a serverului.".into(),
            HostExists => "Acest server are deja o gazdă. Întrebați gazda.".into(),
            SetupLinkWrong => {
                "Aceasta nu este legătura care face gazda. O găsiți în fereastra în care a fost pornit Messenger.".into()
            }
            SetupLinkExpired => {
                "Legătura a fost bună 30 de minute. Închideți Messenger, porniți-l din nou și folosiți legătura nouă.".into()
            }
            TooShort(min) => format!("Acest câmp trebuie să aibă cel puțin {min} caractere.").into(),
            Everyone => "Toți".into(),
            Welcome(name) => format!("Bun venit în {name}! Cine vine este în acest grup.").into(),
            ListensAlone => "Messenger ascultă numai de la acest calculator. Porniți-l fără --address.".into(),
            NoNetwork(System::Windows) => {
                "Calculatorul nu este în nicio rețea. Intrați într-un Wi-Fi, sau deschideți Setări, Rețea și internet, Hotspot mobil, și lăsați telefoanele să intre acolo.".into()
            }
            NoNetwork(System::MacOs) => {
                "Calculatorul nu este în nicio rețea. Intrați într-un Wi-Fi, sau porniți Partajare internet în Configurări sistem, General, Partajare.".into()
            }
            NoNetwork(System::Linux) => {
                "Calculatorul nu este în nicio rețea. Intrați într-un Wi-Fi, sau porniți un hotspot: nmcli device wifi hotspot.".into()
            }
            Firewall(System::Windows) => {
                "Un paravan de protecție. Când întreabă Windows, permiteți Messenger în rețele private și publice. Nu întreabă de două ori: deschideți Securitate Windows, Protecție firewall și rețea, Permite unei aplicații să treacă prin firewall.".into()
            }
            Firewall(System::MacOs) => {
                "Un paravan de protecție. Deschideți Configurări sistem, Rețea, Firewall, Opțiuni, și permiteți conexiunile către Messenger.".into()
            }
            Firewall(System::Linux) => {
                "Un paravan de protecție. Permiteți portul din adresă, de pildă: sudo ufw allow 8000/tcp, sau sudo firewall-cmd --add-port=8000/tcp.".into()
            }
            Isolation(System::Windows) => {
                "O rețea care își ține oaspeții despărțiți, ca în școli și hoteluri. Cereți altă rețea, sau faceți una: Setări, Rețea și internet, Hotspot mobil.".into()
            }
            Isolation(System::MacOs) => {
                "O rețea care își ține oaspeții despărțiți, ca în școli și hoteluri. Cereți altă rețea, sau folosiți hotspotul unui telefon pentru toți.".into()
            }
            Isolation(System::Linux) => {
                "O rețea care își ține oaspeții despărțiți, ca în școli și hoteluri. Cereți altă rețea, sau faceți una: nmcli device wifi hotspot.".into()
            }
            MailTitle(name) => format!("E-mailurile de la {name} ajung").into(),
            MailWords(name) => format!("Gazda de la {name} a încercat dacă ajung e-mailurile. Ajung.").into(),
            MailSent(email) => format!("Serverul de e-mail a preluat un mesaj către {email}. Uitați-vă acolo, și în spam.").into(),
            MailNone => "Nu este setat niciun server de e-mail. Puneți smtp_url și smtp_from în Rocket.toml și porniți din nou; până atunci codurile pentru parole uitate apar în terminalul serverului.".into(),
            MailRefused => "Serverul de e-mail nu a preluat mesajul. Răspunsul lui spune de ce: verificați utilizatorul și parola din smtp_url, și smtp_from.".into(),
            MailSilent => "Serverul de e-mail nu a răspuns la timp. Verificați adresa și portul din smtp_url.".into(),
            MailUnreachable => "Nu se ajunge la serverul de e-mail. Verificați adresa, portul și felul de criptare din smtp_url, și dacă acest calculator este online.".into(),
            MobileData => {
                "Un telefon care nu este în acest Wi-Fi, sau preferă datele mobile pentru că Wi-Fi-ul nu are internet. Intrați în Wi-Fi, alegeți să rămâneți în el și opriți datele mobile.".into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn romanian_only_when_preferred() {
        let cases = [
            (None, Lang::En),
            (Some("ro"), Lang::Ro),
            (Some("ro-RO,ro;q=0.9,en;q=0.8"), Lang::Ro),
            (Some("en-US,en;q=0.9,ro;q=0.8"), Lang::En),
            (Some("de,ro;q=0.5"), Lang::Ro),
            (Some("*"), Lang::En),
            (Some("ro;q=banana,;;,"), Lang::Ro),
            (Some("ro;q=0"), Lang::En),
        ];
        for (header, lang) in cases {
            assert_eq!(Lang::from_header(header), lang, "{header:?}");
        }
    }
}
