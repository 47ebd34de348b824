// Cuvintele predării, în română.

export const words = {
  boxClose: 'Închide',
  boxClosed: 'închisă',
  boxCount: '{count} predate, {missing} încă nu',
  boxDue: 'Termen (poate lipsi)',
  boxHandIn: 'Predă un fișier',
  boxLate: 'întârziat',
  boxMake: 'Fă cutia',
  boxMine: 'Al tău',
  boxNew: 'Cutie nouă',
  boxOpen: 'Deschide din nou',
  boxReplace: 'Predă altul',
  boxTakeBack: 'Ia înapoi',
  boxTakeBackAsk: 'Iei înapoi ce ai predat?',
  boxTitle: 'Ce e de predat?',
  boxUntil: 'până {when}',
  boxZip: 'Descarcă tot',
  boxes: 'De predat',
};

export const counted = {};
