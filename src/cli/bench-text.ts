/** Invented sentences of ordinary notes: few drugs, fewer events, as charts have them. */
const SENTENCES = [
  'The patient is a 63-year-old retired bus driver who comes for follow-up of hypertension and type 2 diabetes.',
  'Since the last visit he has been walking two miles most mornings and has lost four pounds.',
  'He reports that the swelling of both ankles began about three weeks after amlodipine was raised to 10 mg daily.',
  'There has been no chest pain, no shortness of breath at rest and no palpitations.',
  'Home readings have run from 128/74 to 142/86, with the higher values in the evening.',
  'He takes metformin 1000 mg twice daily with meals and denies any upset stomach.',
  'Past medical history includes gout, a right inguinal hernia repair and cataract surgery on the left.',
  'On examination he appears comfortable, afebrile, pulse 72 and regular, weight 84.2 kg.',
  'Heart sounds are normal without a murmur; the lungs are clear to auscultation on both sides.',
  'The abdomen is soft and not tender, and the liver edge is not felt.',
  'There is pitting edema to the mid shin on both sides, more on the left than on the right.',
  'Laboratory studies show sodium 139, potassium 4.4, creatinine 1.1, hemoglobin A1c 7.2 percent.',
  'The electrocardiogram shows sinus rhythm with no change from the tracing of last spring.',
  'The edema is most likely from the amlodipine, which will be reduced to 5 mg; losartan 50 mg daily is added.',
  'He was told to call if he becomes lightheaded, and to have his potassium checked in two weeks.',
  'Diabetes is close to goal and no change is made today; an eye examination is due in the autumn.',
  'He had hives with penicillin as a child and has avoided it since.',
  'He lives with his wife in a single-story house, does not smoke and drinks a glass of wine with dinner.',
  'His daughter came along today and helped with the history, as his hearing is poor in the right ear.',
  'Vaccinations are up to date, and he will come back in three months or sooner as needed.',
];

/** @returns at least `characters` characters of notes, sentence after sentence */
export function benchText(characters: number): string {
  const sentences: string[] = [];
  let length = 0;
  for (let i = 0; length < characters; i++) {
    // A heading now and then, and a step that shifts the order from round to round.
    const round = Math.floor(i / SENTENCES.length);
    const sentence = SENTENCES[(i * 7 + round) % SENTENCES.length] as string;
    const line = i % SENTENCES.length === 0 ? `\n\nVISIT ${round + 1}\n\n${sentence}` : sentence;
    sentences.push(line);
    length += line.length + 1;
  }
  return sentences.join(' ');
}
