// The words of the host's rooms in English.

export const words = {
  hostCode: 'Class code',
  hostCodeHint: 'Whoever makes an account has to know it. Leave it empty to get a new one.',
  hostFiles: 'Photos and files',
  hostFilesHint: 'Off: only staff may send them.',
  hostName: 'Name of this server',
  hostNameHint: 'It stands on the door and above the chats.',
  hostOnly: 'This is for the host and his staff.',
  hostPrivate: 'Private chats',
  hostPrivate_everyone: 'Everyone with everyone',
  hostPrivate_off: 'None',
  hostPrivate_staff: 'Only with staff',
  hostRegistration: 'Who may make an account',
  hostRegistration_closed: 'Nobody',
  hostRegistration_code: 'Who has the class code',
  hostRegistration_open: 'Everybody',
  hostSettings: 'Settings',
};

export const counted = {};
