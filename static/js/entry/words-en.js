// The words of the doors that only some houses have, in English.

export const words = {
  entryErase: 'Take the last digit back',
  entryFind: 'Find your name',
  entryIn: 'Come in',
  entryName: 'Your name',
  entryNameHint: 'Others see it, marked as a guest’s.',
  entryNoGuests: 'There are no guests here right now. Ask the host.',
  entryNoNames: 'There are no names to choose from right now. Ask the host.',
  entryNotMe: 'That is not me',
  entryPin: 'PIN',
  entryWrongPin: 'That is not the PIN of this name.',
};

export const counted = {};
