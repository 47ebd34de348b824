// Every sentence of the client, each in English and Romanian, written and not translated word by word.

const TEXTS = {
  account: ['Create account', 'Creează cont'],
  accountMade: ['Your account is ready. Sign in.', 'Contul e gata. Intră cu el.'],
  appearance: ['Appearance', 'Aspect'],
  attach: ['Attach', 'Atașează'],
  back: ['Back to chats', 'Înapoi la conversații'],
  backToDoor: ['Back to sign in', 'Înapoi la intrare'],
  cancel: ['Cancel', 'Renunță'],
  chats: ['Chats', 'Conversații'],
  choose: ['Choose a chat, or start a new one.', 'Alege o conversație sau începe una nouă.'],
  close: ['Close', 'Închide'],
  code: ['Code', 'Cod'],
  codeHint: [
    'The 32 characters from the e-mail, or from whoever runs this server.',
    'Cele 32 de caractere din e-mail sau de la cine ține serverul.',
  ],
  copied: ['Copied', 'Copiat'],
  copyLink: ['Copy link', 'Copiază linkul'],
  copyText: ['Copy text', 'Copiază textul'],
  dark: ['Dark', 'Întunecat'],
  delete: ['Delete', 'Șterge'],
  deleteAsk: ['Delete this message for everybody?', 'Ștergi mesajul pentru toată lumea?'],
  deleted: ['Message deleted', 'Mesaj șters'],
  earlier: ['Show earlier messages', 'Arată mesajele dinainte'],
  edit: ['Edit', 'Modifică'],
  edited: ['edited', 'modificat'],
  editing: ['Editing your message', 'Modifici mesajul'],
  email: ['E-mail', 'E-mail'],
  emoji: ['Emoji', 'Emoji'],
  emptyChat: ['No messages yet. Say hello.', 'Niciun mesaj încă. Spune bună.'],
  file: ['File', 'Fișier'],
  findPeople: ['Find people', 'Caută oameni'],
  firstName: ['First name', 'Prenume'],
  forgot: ['Forgot password?', 'Ai uitat parola?'],
  forgotHint: [
    'Tell us the e-mail address of your account. We send a code to it.',
    'Spune adresa de e-mail a contului. Trimitem acolo un cod.',
  ],
  groupName: ['Group name', 'Numele grupului'],
  haveCode: ['I have a code', 'Am un cod'],
  language: ['Language', 'Limbă'],
  lastName: ['Last name', 'Nume'],
  light: ['Light', 'Luminos'],
  message: ['Message', 'Mesaj'],
  messages: ['Messages', 'Mesaje'],
  more: ['More', 'Mai mult'],
  newChat: ['New chat', 'Conversație nouă'],
  newLine: ['New', 'Noi'],
  newPassword: ['New password', 'Parola nouă'],
  noChats: ['No chats yet.', 'Nicio conversație încă.'],
  noConnection: ['The server can’t be reached. Try again.', 'Serverul nu răspunde. Mai încearcă.'],
  nobody: ['Nobody by that name.', 'Nimeni cu numele acesta.'],
  noSuchChat: ['This chat is not there, or you are not in it.', 'Conversația nu există sau nu ești în ea.'],
  nothing: ['Nothing found.', 'Nu s-a găsit nimic.'],
  oneMoment: ['One moment…', 'O clipă…'],
  password: ['Password', 'Parolă'],
  passwordHint: ['At least 8 characters that nobody guesses.', 'Cel puțin 8 caractere pe care nu le ghicește nimeni.'],
  passwordsDiffer: ['The two passwords differ.', 'Cele două parole diferă.'],
  passwordSet: ['Your new password is set. Sign in.', 'Parola nouă e pusă. Intră cu ea.'],
  people: ['People', 'Oameni'],
  photo: ['Photo', 'Poză'],
  profile: ['Your profile', 'Profilul tău'],
  react: ['React', 'Reacționează'],
  read: ['Read', 'Citit'],
  reconnecting: ['Reconnecting…', 'Reconectare…'],
  remove: ['Remove', 'Scoate'],
  repeat: ['Repeat password', 'Repetă parola'],
  reply: ['Reply', 'Răspunde'],
  replyingTo: ['Replying to', 'Răspunzi la'],
  search: ['Search', 'Caută'],
  send: ['Send', 'Trimite'],
  sendCode: ['Send code', 'Trimite codul'],
  sending: ['Sending', 'Se trimite'],
  sent: ['Sent', 'Trimis'],
  setPassword: ['Set password', 'Pune parola'],
  signedOut: ['Your session has ended. Sign in again.', 'Sesiunea s-a încheiat. Intră din nou.'],
  signIn: ['Sign in', 'Intră'],
  signOut: ['Sign out', 'Ieși din cont'],
  startChat: ['Start chat', 'Începe conversația'],
  startOne: ['Start one', 'Începe una'],
  system: ['System', 'Ca sistemul'],
  today: ['Today', 'Azi'],
  tryAgain: ['Try again', 'Încearcă din nou'],
  username: ['Username', 'Nume de utilizator'],
  usernameHint: ['Letters, numbers and @ . + - _', 'Litere, cifre și @ . + - _'],
  wrongCode: [
    'This code is wrong, used or too old. Ask for a new one.',
    'Codul e greșit, folosit sau prea vechi. Cere altul.',
  ],
  wrongLogin: ['No account with this name and password.', 'Niciun cont cu acest nume și această parolă.'],
  yesterday: ['Yesterday', 'Ieri'],
  you: ['You', 'Tu'],
};

const COUNTED = {
  jump: [
    { one: 'Jump to newest, # new', other: 'Jump to newest, # new' },
    { one: 'La cele mai noi, # nou', few: 'La cele mai noi, # noi', other: 'La cele mai noi, # noi' },
  ],
  people: [
    { one: '# person', other: '# people' },
    { one: '# persoană', few: '# persoane', other: '# de persoane' },
  ],
  tooLong: [
    { one: '# character too many', other: '# characters too many' },
    { one: '# caracter în plus', few: '# caractere în plus', other: '# de caractere în plus' },
  ],
  unread: [
    { one: '# unread', other: '# unread' },
    { one: '# necitit', few: '# necitite', other: '# de necitite' },
  ],
};

/** "en" or "ro". */
export const language = () => (document.documentElement.lang === 'ro' ? 'ro' : 'en');

const side = () => (language() === 'ro' ? 1 : 0);

/** A sentence in the language of the page. */
export const t = (name) => TEXTS[name][side()];

/** A sentence with a number, in the form that the number asks for. */
export function counted(name, number) {
  const forms = COUNTED[name][side()];
  const form = forms[new Intl.PluralRules(language()).select(number)] ?? forms.other;
  return form.replace('#', new Intl.NumberFormat(language()).format(number));
}

/** "14:05" */
export const clock = (time) =>
  new Intl.DateTimeFormat(language(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(time));

/** "Today", "Yesterday", or the day's date, with the year unless it is this one. */
export function day(time, now = new Date()) {
  const then = new Date(time);
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (then.toDateString() === now.toDateString()) return t('today');
  if (then.toDateString() === yesterday.toDateString()) return t('yesterday');
  const year = then.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' };
  return new Intl.DateTimeFormat(language(), { weekday: 'long', day: 'numeric', month: 'long', ...year }).format(then);
}

/** The clock today, the day before that. */
export function when(time, now = new Date()) {
  const then = new Date(time);
  if (then.toDateString() === now.toDateString()) return clock(time);
  const year = then.getFullYear() === now.getFullYear() ? {} : { year: '2-digit' };
  return new Intl.DateTimeFormat(language(), { day: 'numeric', month: 'short', ...year }).format(then);
}

/** "1.5 MB" */
export function bytes(size) {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, size)) / 3));
  const style = { style: 'unit', unit: units[power], unitDisplay: 'short', maximumFractionDigits: power ? 1 : 0 };
  return new Intl.NumberFormat(language(), style).format(size / 1000 ** power);
}
