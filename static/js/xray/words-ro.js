// Cuvintele razelor X în română.

export const words = {
  xrayClear: 'Golește',
  xrayCurl: 'Copiază ca curl',
  xrayEvent: 'eveniment',
  xrayGone: 'Serverul nu o mai păstrează.',
  xrayIs:
    'O privire înăuntru, pentru lecții. Un panou arată fiecare cerere trimisă de pagină, ce spune jetonul tău, ce SQL a rulat serverul și cu ce plan, și fiecare eveniment când vine.',
  xrayMore: 'Alte {count} instrucțiuni nu sunt arătate.',
  xrayNoSql: 'Baza de date n-a fost întrebată nimic: totul era în memorie.',
  xrayNothing: 'Apasă pe ceva: ce se întâmplă apare aici.',
  xrayNow: 'E pornit. Închide fereastra asta și apasă pe ceva.',
  xrayOff: 'Oprește razele X',
  xrayOn: 'Arată panoul',
  xrayOnlyYours:
    'Vezi cererile tale și ale nimănui altcuiva. Serverul le ține o vreme pe cele mai noi, în memorie, fără valori și fără semnătura jetonului.',
  xraySent: 'Ce s-a trimis',
  xraySql: 'SQL cu planul lui',
  xrayTold: 'Evenimente trimise',
  xrayToldNothing: 'Niciunul',
  xrayToken: 'Ce spune jetonul',
};

export const counted = {};
