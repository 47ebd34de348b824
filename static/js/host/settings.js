// The switches of the house, each with what it means. A change is set at once, and is shown as the server has it.

import { html } from '../../vendor/preact/standalone.js';
import { useStore } from '../store.js';
import { counted, t } from '../text.js';
import { Failed, Skeleton, say } from '../ui.js';
import { Choice, Form, Switch } from '../ui/forms.js';
import { saveSettings, useSettings, withDefault } from './house.js';

const HOURS = [1, 2, 12, 72]; // that a guest may stay

export function Page() {
  const isHost = useStore((state) => state.me.role === 'host');
  const { settings, failure, again, keep } = useSettings();
  if (failure) return html`<${Failed} failure=${failure} again=${again} />`;
  if (!settings) return html`<${Skeleton} rows=${6} />`;
  const set = async (changes) => keep(await saveSettings(changes));
  const { defaults } = settings;
  const rename = async ({ name }) => {
    keep(await saveSettings({ name }));
    say(t('saved'));
  };
  const recode = async ({ class_code }) => {
    keep(await saveSettings({ class_code }));
    say(t('saved'));
  };
  return html`
    ${
      isHost &&
      html`
        <${Form}
          key=${`name ${settings.name}`}
          fields=${[{ name: 'name', label: t('hostName'), value: settings.name, maxlength: 60, hint: t('hostNameHint') }]}
          button=${t('save')}
          run=${rename}
        />
        <${Switch}
          label=${t('lobbyLock')}
          hint=${withDefault(t('lobbyLockHint'), defaults.locked)}
          checked=${settings.locked}
          onChange=${(locked) => set({ locked })}
        />
        <${Choice}
          legend=${t('hostRegistration')}
          hint=${withDefault(t('hostRegistrationHint'), defaults.registration, (who) => t(`hostRegistration_${who}`))}
          options=${['open', 'code', 'closed'].map((value) => [value, t(`hostRegistration_${value}`)])}
          value=${settings.registration}
          onChange=${(registration) => set({ registration })}
        />
        ${
          settings.registration === 'code' &&
          html`<${Form}
            key=${`code ${settings.class_code}`}
            fields=${[
              {
                name: 'class_code',
                label: t('hostCode'),
                value: settings.class_code,
                maxlength: 20,
                autocomplete: 'off',
                hint: t('hostCodeHint'),
              },
            ]}
            button=${t('save')}
            run=${recode}
          />`
        }
        <${Switch}
          label=${t('hostGuests')}
          hint=${withDefault(t('hostGuestsHint'), defaults.guests)}
          checked=${settings.guests}
          onChange=${(guests) => set({ guests })}
        />
        ${
          settings.guests &&
          html`<${Choice}
            legend=${t('hostGuestHours')}
            hint=${withDefault(t('hostGuestHoursHint'), defaults.guest_hours, (hours) => counted('hostHours', hours))}
            options=${HOURS.concat(HOURS.includes(settings.guest_hours) ? [] : settings.guest_hours).map((hours) => [
              hours,
              counted('hostHours', hours),
            ])}
            value=${settings.guest_hours}
            onChange=${(guest_hours) => set({ guest_hours })}
          />`
        }
        <${Switch}
          label=${t('hostRoster')}
          hint=${withDefault(t('hostRosterHint'), defaults.roster)}
          checked=${settings.roster}
          onChange=${(roster) => set({ roster })}
        />
        <${Choice}
          legend=${t('hostPrivate')}
          hint=${withDefault(t('hostPrivateHint'), defaults.private_chats, (whom) => t(`hostPrivate_${whom}`))}
          options=${['everyone', 'staff', 'off'].map((value) => [value, t(`hostPrivate_${value}`)])}
          value=${settings.private_chats}
          onChange=${(private_chats) => set({ private_chats })}
        />
        <${Switch}
          label=${t('hostEveryone')}
          hint=${withDefault(t('hostEveryoneHint'), defaults.everyone)}
          checked=${settings.everyone}
          onChange=${(everyone) => set({ everyone })}
        />
      `
    }
    <${Switch}
      label=${t('hostFiles')}
      hint=${withDefault(t('hostFilesHint'), defaults.files)}
      checked=${settings.files}
      onChange=${(files) => set({ files })}
    />
  `;
}
