/** Words that a full stop follows without ending the sentence, in lower case and without the stop. */

/** Something always comes after them: titles, "versus", "number". */
export const NEVER_LAST: ReadonlySet<string> = new Set(
  (
    'dr drs mr mrs ms prof st sr jr rev capt vs approx no nr fig figs ref refs cf eg ie e.g i.e viz ' +
    'esp incl dept ext resp w wt ht hx dx rx tx sx fx pt pts neg pos abd bilat temp temps ' +
    'avg max min est dist prox lat med sup inf ant post gen sig'
  ).split(' '),
);

/** They may end a sentence, which a capitalised word after them tells: "b.i.d. She returned." */
export const SOMETIMES_LAST: ReadonlySet<string> = new Set(
  (
    'mg mcg ug kg gm gms ml cc cm mm oz lb lbs tab tabs cap caps inj susp supp soln oint amp gtt gtts ' +
    'hr hrs mins sec secs wk wks mo mos yr yrs yo am pm a.m p.m etc al prn p.r.n bid tid qid qd qhs hs ac pc po iv im sc sq pr ' +
    'jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri sat sun inc co corp ltd ' +
    'ave blvd rd u.s d.o m.d ph.d r.n n.p p.a m.s b.s'
  ).split(' '),
);

/** A letter after one of these is a name of a kind and may end the sentence: "vitamin D.", "hepatitis C." */
export const LETTERED: ReadonlySet<string> = new Set(
  'vitamin vitamins hepatitis hep type grade stage class group factor influenza strep protein plan part'.split(
    ' ',
  ),
);
