// The words of the host's rooms in Romanian.

export const words = {
  hostCode: 'Codul clasei',
  hostCodeHint: 'Îl cere fiecare cont nou. Lasă câmpul gol ca să primești altul.',
  hostFiles: 'Poze și fișiere',
  hostFilesHint: 'Oprit: doar ajutoarele gazdei pot trimite.',
  hostName: 'Numele serverului',
  hostNameHint: 'Se vede la intrare și deasupra conversațiilor.',
  hostOnly: 'Aici intră doar gazda și ajutoarele ei.',
  hostPrivate: 'Conversații private',
  hostPrivate_everyone: 'Oricine cu oricine',
  hostPrivate_off: 'Deloc',
  hostPrivate_staff: 'Doar cu gazda și ajutoarele',
  hostRegistration: 'Cine își poate face cont',
  hostRegistration_closed: 'Nimeni',
  hostRegistration_code: 'Cine știe codul clasei',
  hostRegistration_open: 'Toată lumea',
  hostSettings: 'Setări',
};

export const counted = {};
