// The words of the doors that only some houses have, in Romanian.

export const words = {
  entryErase: 'Șterge ultima cifră',
  entryFind: 'Caută-ți numele',
  entryIn: 'Intră',
  entryName: 'Numele tău',
  entryNameHint: 'Ceilalți îl văd, marcat ca al unui oaspete.',
  entryNoGuests: 'Acum nu se intră aici ca oaspete. Întreabă gazda.',
  entryNoNames: 'Acum nu sunt nume de ales. Întreabă gazda.',
  entryNotMe: 'Nu sunt eu',
  entryPin: 'PIN',
  entryWrongPin: 'Nu acesta este PIN-ul acestui nume.',
};

export const counted = {};
