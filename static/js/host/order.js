// Order in the whole house: all eyes on the host, slow mode, files, what was reported, and what was done.

import { html, useState } from '../../vendor/preact/standalone.js';
import * as api from '../api.js';
import { fullName } from '../state.js';
import { useStore } from '../store.js';
import { clock, counted, t, when } from '../text.js';
import { Empty, Failed, Name, Skeleton, attempted, inPages, useList } from '../ui.js';
import { Choice, Switch } from '../ui/forms.js';
import { ask } from '../ui/over.js';
import { saveSettings, useSettings, withDefault } from './house.js';

const MINUTES = [0, 5, 15, 45];
const SLOW = [0, 5, 15, 60];

export function Page() {
  const { settings, failure, again, keep } = useSettings();
  const [minutes, choose] = useState(0);
  if (failure) return html`<${Failed} failure=${failure} again=${again} />`;
  if (!settings) return html`<${Skeleton} rows=${6} />`;
  const set = async (changes) => keep(await saveSettings(changes));
  const until = settings.frozen_until && t('orderUntil', { time: clock(settings.frozen_until) });
  const freeze = (frozen) => set(frozen && minutes ? { frozen, frozen_minutes: minutes } : { frozen });
  return html`
    <${Switch}
      label=${t('orderEyes')}
      hint=${until || t('orderEyesHint')}
      checked=${settings.frozen}
      onChange=${freeze}
    />
    ${
      !settings.frozen &&
      html`<${Choice}
        legend=${t('orderEyesFor')}
        options=${MINUTES.map((value) => [value, value ? t('orderMinutes', { n: value }) : t('orderOpenEnd')])}
        value=${minutes}
        onChange=${choose}
      />`
    }
    <${Choice}
      legend=${t('orderSlow')}
      hint=${withDefault(t('orderSlowHint'), settings.defaults.slow_seconds, (n) => (n ? t('orderSeconds', { n }) : t('orderOff')))}
      options=${SLOW.map((value) => [value, value ? t('orderSeconds', { n: value }) : t('orderOff')])}
      value=${settings.slow_seconds}
      onChange=${(slow_seconds) => set({ slow_seconds })}
    />
    <${Switch}
      label=${t('hostFiles')}
      hint=${withDefault(t('hostFilesHint'), settings.defaults.files)}
      checked=${settings.files}
      onChange=${(files) => set({ files })}
    />
    <${Reports} />
    <${Log} />
  `;
}

const PAGE = 20;

const pages = (path) => inPages((page) => api.call('GET', `${path}${api.query({ page, page_size: PAGE })}`));

/** A person's name as far as he is known here; who shares no chat is asked for by the page itself. */
function Person({ id }) {
  const person = useStore((state) => state.people[id]);
  return html`<${Name}>${person ? fullName(person) : `#${id}`}<//>`;
}

function Reports() {
  const open = useStore((state) => state.desk?.reports);
  const { items, failure, again } = useList(pages('/host/reports/?open=true&'), [open]);
  const close = async (report, remove) => {
    const sure = !remove || (await ask({ question: t('deleteAsk'), quote: report.text, button: t('delete') }));
    if (sure) attempted(api.call('POST', `/host/reports/${report.id}/`, { remove })).then(again);
  };
  return html`<section class="reports">
    <h2>${t('orderReports')}</h2>
    ${failure && html`<${Failed} failure=${failure} again=${again} />`}
    ${items?.length === 0 && html`<${Empty} icon="flag">${t('orderNoReports')}<//>`}
    <ul class="waiting-list">
      ${items?.map(
        (report) =>
          html`<li key=${report.id}>
            <p class="by">
              <span>
                <${Person} id=${report.author} />${report.group_name && html` · <${Name}>${report.group_name}<//>`}
              </span>
              <time datetime=${report.time}>${when(report.time)}</time>
            </p>
            <p dir="auto">${report.text || (report.has_photo ? t('photo') : report.file_name)}</p>
            <p class="words">
              ${t('orderReportedBy')} <${Person} id=${report.from_user} />${report.reason && `: ${report.reason}`}
            </p>
            <div class="buttons">
              <button type="button" onClick=${() => close(report, false)}>${t('orderDismiss')}</button>
              <button type="button" class="danger" onClick=${() => close(report, true)}>${t('delete')}</button>
            </div>
          </li>`,
      )}
    </ul>
  </section>`;
}

const DEEDS = {
  settings: 'deedSettings',
  silence: 'deedSilence',
  unsilence: 'deedUnsilence',
  ban: 'deedBan',
  unban: 'deedUnban',
  remove: 'deedRemove',
  remove_reported: 'deedRemove',
  dismiss_report: 'deedDismiss',
  approve: 'deedApprove',
  turn_down: 'deedTurnDown',
  role: 'deedRole',
  sign_out: 'deedSignOut',
  end_session: 'deedEndSession',
  recovery: 'deedRecovery',
  roster_add: 'deedRosterAdd',
  pin: 'deedPin',
  roster_remove: 'deedRosterRemove',
  remove_member: 'deedRemoveMember',
  chat_rules: 'deedChatRules',
  retention: 'deedRetention',
  end_link: 'deedEndLink',
  wipe: 'deedWipe',
  put_away: 'deedPutAway',
  bring_back: 'deedBringBack',
  restore: 'deedRestore',
};

/** What a note says was set, by its name there: what it is called here, and how its value is said if not as it is. */
const SET = {
  frozen: () => t('orderEyes'),
  frozen_minutes: () => t('orderFor'),
  slow_seconds: () => t('orderSlow'),
  files: () => t('hostFiles'),
  private_chats: () => t('hostPrivate'),
  registration: () => t('hostRegistration'),
  class_code: () => t('hostCode'),
  guests: () => t('hostGuests'),
  guest_hours: () => t('hostGuestHours'),
  roster: () => t('hostRoster'),
  everyone: () => t('hostEveryone'),
  locked: () => t('lobbyLock'),
  name: () => t('hostName'),
  announces: () => t('announces'),
  approves: () => t('approves'),
  archived: () => t('archived'),
};
const VALUES = {
  frozen_minutes: (n) => t('orderMinutes', { n }),
  slow_seconds: (n) => t('orderSeconds', { n }),
  private_chats: (whom) => t(`hostPrivate_${whom}`),
  registration: (whose) => t(`hostRegistration_${whose}`),
  guest_hours: (hours) => counted('hostHours', Number(hours)),
};
const SWITCHED = { true: 'deedOn', false: 'deedOff' };

/** "frozen=true, frozen_minutes=10" in the words of the page. */
const wasSet = (note) =>
  note
    .split(', ')
    .map((part) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(part) ?? [];
      if (!Object.hasOwn(SET, name)) return part;
      if (value === '') return SET[name]();
      const said = VALUES[name]?.(value) ?? (SWITCHED[value] ? t(SWITCHED[value]) : value);
      return `${SET[name]()}: ${said}`;
    })
    .join(', ');

/** Notes that stand for words of the page. */
const NOTES = {
  settings: wasSet,
  chat_rules: wasSet,
  ban: () => t('deedBanAll'),
  role: (note) => t(`hostRole_${note}`),
  retention: (days) => (days === 'null' ? t('hostKeepEver') : counted('hostDays', Number(days))),
  wipe: (note) => t(`archiveWipe_${note}`),
};

/** Who did what about whom, the newest first. */
function Log() {
  const order = useStore((state) => state.order);
  const desk = useStore((state) => state.desk);
  const { items, more, failure, again } = useList(pages('/host/log/?'), [order, desk]);
  const note = (deed) => (NOTES[deed.deed] ? NOTES[deed.deed](deed.note) : deed.note);
  return html`<section>
    <h2>${t('orderLog')}</h2>
    ${failure && html`<${Failed} failure=${failure} again=${again} />`}
    ${items?.length === 0 && html`<p class="hint">${t('orderNoLog')}</p>`}
    <ul class="deeds">
      ${items?.map(
        (deed) =>
          html`<li key=${deed.id}>
            <time datetime=${deed.time}>${when(deed.time)}</time>
            <span
              ><${Name}>${deed.actor_name ?? '–'}<//>: ${DEEDS[deed.deed] ? t(DEEDS[deed.deed]) : deed.deed}${
                deed.subject && html` <${Name}>${deed.subject_name}<//>`
              }${deed.group_name && html` · <${Name}>${deed.group_name}<//>`}${deed.note && ` (${note(deed)})`}</span
            >
          </li>`,
      )}
    </ul>
    ${more && html`<button type="button" class="quiet" onClick=${more}>${t('showMore')}</button>`}
  </section>`;
}
