// The switches of the house, each with what it means. A change is set at once, and is shown as the server has it.

import { html } from '../../vendor/preact/standalone.js';
import { useStore } from '../store.js';
import { counted, t } from '../text.js';
import { Failed, Skeleton, say } from '../ui.js';
import { Choice, Form, Switch } from '../ui/forms.js';
import { saveSettings, useSettings } from './house.js';

const HOURS = [1, 2, 12, 72]; // that a guest may stay

export function Page() {
  const isHost = useStore((state) => state.me.role === 'host');
  const { settings, failure, again, keep } = useSettings();
  if (failure) return html`<${Failed} failure=${failure} again=${again} />`;
  if (!settings) return html`<${Skeleton} rows=${6} />`;
  const set = async (changes) => keep(await saveSettings(changes));
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
        <${Choice}
          legend=${t('hostRegistration')}
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
          hint=${t('hostGuestsHint')}
          checked=${settings.guests}
          onChange=${(guests) => set({ guests })}
        />
        ${
          settings.guests &&
          html`<${Choice}
            legend=${t('hostGuestHours')}
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
          hint=${t('hostRosterHint')}
          checked=${settings.roster}
          onChange=${(roster) => set({ roster })}
        />
        <${Choice}
          legend=${t('hostPrivate')}
          options=${['everyone', 'staff', 'off'].map((value) => [value, t(`hostPrivate_${value}`)])}
          value=${settings.private_chats}
          onChange=${(private_chats) => set({ private_chats })}
        />
        <${Switch}
          label=${t('hostEveryone')}
          hint=${t('hostEveryoneHint')}
          checked=${settings.everyone}
          onChange=${(everyone) => set({ everyone })}
        />
      `
    }
    <${Switch}
      label=${t('hostFiles')}
      hint=${t('hostFilesHint')}
      checked=${settings.files}
      onChange=${(files) => set({ files })}
    />
  `;
}
