// The words of handing in, in English.

export const words = {
  boxClose: 'Close',
  boxClosed: 'closed',
  boxCount: '{count} handed in, {missing} not yet',
  boxDue: 'Due (may be left empty)',
  boxHandIn: 'Hand in a file',
  boxLate: 'late',
  boxMake: 'Make the box',
  boxMine: 'Yours',
  boxNew: 'New box',
  boxOpen: 'Open again',
  boxReplace: 'Hand in another',
  boxTakeBack: 'Take back',
  boxTakeBackAsk: 'Take back what you have handed in?',
  boxTitle: 'What is to be handed in?',
  boxUntil: 'due {when}',
  boxZip: 'Download all',
  boxes: 'Hand in',
};

export const counted = {};
