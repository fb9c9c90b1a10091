import { fold, words } from './fold.ts';

/** A number with a unit, with or without space, also when stuck to the name: `Lipitor40mg`. */
const STRENGTH =
  /(?<![\d.])\d[\d,.]*(?:\s*(?:-|to|\/)\s*\d[\d,.]*)*\s*(?:mg|mcg|ug|microgram|milligram|gram|gm|g|kg|ml|milliliter|l|iu|units?|unt|meq|mmol|mci|%|percent)s?(?:\s*\/\s*(?:\d[\d.]*\s*)?(?:kg|m2|mg|mcg|g|ml|l|day|d|dose|hour|hr|h|min|actuat|actuation|puff|tab|tablet|cap|capsule|act))*(?![a-z])/g;

/** Bare number after a name (`lipitor 40`) and after a hyphen between numbers (`875-125`). */
const NUMBER = /^\d[\d,.]*$/;

const NOISE = new Set(
  `tablet tablets tab tabs capsule capsules cap caps caplet caplets pill pills softgel softgels lozenge lozenges
  suppository suppositories injection injections injectable inj infusion infusions infused drip gtt solution soln
  suspension susp syrup elixir liquid cream ointment oint gel lotion foam paste patch patches transdermal spray
  inhaler inhalation inhaled nebulizer nebulized neb nebs hfa mdi dpi powder drops drop granules packet vial
  prefilled syringe pen kit film disintegrating chewable effervescent coated enteric delayed extended release
  sustained controlled modified immediate prolonged er xr sr cr xl la dr ec ir odt xt cd hr sa 12hr 24hr 12h 24h
  oral orally po iv ivp ivpb im sc sq subq subcut subcutaneous intravenous intravenously intramuscular topical
  topically ophthalmic otic nasal intranasal rectal vaginal sublingual sl pr by mouth via eye ear
  daily qd od bid tid qid q4h q6h q8h q12h q24h qhs hs qam qpm prn nightly weekly monthly once twice thrice times
  every day days week weeks hour hours night morning evening bedtime needed as per a the an of in on at for her
  his their my some dose doses dosing dosage low high full loading maintenance regimen therapy treatment
  course medication medications medicine drug drugs product products agent generic brand name new home started
  take took taken taking give given use used using apply mg mcg ml units unit x and with pain
  ds ss mr retard solostar kwikpen flexpen flextouch respimat handihaler diskus ellipta turbuhaler accuhaler
  taper tapers tapering pulse bolus challenge rechallenge exposure initiation trial administration ingestion`.split(
    /\s+/,
  ),
);

const SALTS = new Set(
  `hydrochloride hcl hydrobromide hbr sodium na potassium calcium magnesium sulfate sulphate maleate
  mesylate mesilate besylate besilate tartrate bitartrate succinate fumarate phosphate diphosphate acetate citrate
  nitrate chloride bromide iodide tosylate tosilate pamoate embonate gluconate lactate malate oxalate monohydrate
  dihydrate trihydrate hemihydrate anhydrous hydrate disodium dipotassium trisodium hemifumarate tromethamine
  trometamol meglumine axetil proxetil pivoxil medoxomil cilexetil dipivoxil alafenamide disoproxil etexilate
  propionate dipropionate valerate furoate isethionate isetionate decanoate enanthate enantate cypionate hyclate
  carbonate bicarbonate esylate napsylate edisylate camsylate xinafoate salicylate stearate ethylsuccinate
  estolate lactobionate hydrogen base free acid salt erbumine arginine lysine dihydrochloride hippurate
  benzathine procaine methanesulfonate`.split(/\s+/),
);

/** Stripping a salt from these would leave an element or a metabolite, not the drug. */
const NOT_ALONE = new Set(
  `iron ferrous ferric zinc calcium magnesium potassium sodium aluminum aluminium copper silver gold lithium
  ammonium bismuth selenium chromium manganese barium strontium iodine fluoride amino folic ascorbic valproic
  salicylic nicotinic`.split(/\s+/),
);

/** Key of a name: its words, lower case, without punctuation. */
export function drugKey(text: string): string {
  return wordKey(fold(text));
}

/** {@link drugKey} of a text that is folded already. */
export function wordKey(folded: string): string {
  return /^[a-z0-9]+$/.test(folded) ? folded : words(folded).join(' ');
}

/** The key without spaces: `5 fu` and `5fu` are one. */
export function compactKey(key: string): string {
  return key.replaceAll(' ', '');
}

/** Words of one spelling family: `sulphasalazine`, `sulfasalazine`; `vincristin`, `vincristine`. */
export function skeletonKey(key: string): string {
  return key
    .split(' ')
    .map((word) =>
      word
        .replace(/ph/g, 'f')
        .replace(/[ao]e/g, 'e')
        .replace(/th/g, 't')
        .replace(/rh/g, 'r')
        .replace(/y/g, 'i')
        .replace(/z/g, 's')
        .replace(/ks|cs/g, 'x')
        .replace(/([a-z])\1/g, '$1')
        .replace(/(?<=[a-z]{4})e$/, ''),
    )
    .join(' ');
}

/** How a key was made from the mention, with the score that a link over it gets. */
export interface KeyVariant {
  readonly key: string;
  readonly score: number;
  readonly why: string;
}

/**
 * Keys under which a mention may stand, surest first: as written; singular; without strength, form,
 * route and schedule; without salt; without the sign of a stereoisomer.
 */
export function drugKeyVariants(text: string): KeyVariant[] {
  const variants: KeyVariant[] = [];
  const seen = new Set<string>();
  const add = (key: string, score: number, why: string): void => {
    if (key !== '' && !seen.has(key)) {
      seen.add(key);
      variants.push({ key, score, why });
    }
  };
  const folded = fold(text);
  const plain = wordKey(folded);
  add(plain, 0.99, 'case and punctuation');
  add(singular(plain), 0.98, 'plural');
  const bare = withoutNoise(folded);
  add(bare, 0.97, 'strength, form or schedule left out');
  add(singular(bare), 0.96, 'strength, form or schedule left out, plural');
  // In `calcium / vitamin D` calcium is a part, not a salt.
  const base = combinationParts(folded).length > 0 ? '' : withoutSalts(bare);
  add(base, 0.95, 'salt left out');
  add(singular(base), 0.94, 'salt left out, plural');
  const stereo = /^(?:dl|[dl]) (.{5,})$/.exec(base);
  if (stereo) {
    const prefix = base.startsWith('l ') ? 'levo' : 'dextro';
    if (!base.startsWith('dl ')) add(`${prefix}${stereo[1]}`, 0.94, 'stereoisomer spelt out');
    add(stereo[1] as string, 0.93, 'stereoisomer left out');
  }
  return variants;
}

function singular(key: string): string {
  return /[a-z]{4}[^s]s$/.test(key) && !/(?:is|us)$/.test(key) ? key.slice(0, -1) : key;
}

function withoutNoise(folded: string): string {
  const rest = folded.replace(/\[[^\]]*\]/g, ' ').replace(STRENGTH, ' ');
  const kept = words(rest);
  const bare = kept.filter((word) => !NOISE.has(word));
  // Numbers belong to some names (`polyethylene glycol 400`): those matched before this point.
  const withoutNumbers = bare.filter((word) => !NUMBER.test(word));
  return withoutNumbers.join(' ');
}

function withoutSalts(key: string): string {
  const kept = key.split(' ').filter((word) => !SALTS.has(word));
  if (kept.length === 0 || (kept.length === 1 && NOT_ALONE.has(kept[0] as string))) return '';
  const base = kept.join(' ');
  return base.length >= 4 ? base : '';
}

/** The parts of a combination as written, `amoxicillin/clavulanate`; empty when it is none. */
export function combinationParts(text: string): string[] {
  const bare = fold(text)
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(STRENGTH, ' ')
    .replace(/\d+\s*[-/]\s*\d+/g, ' ');
  const bySlash = bare.split(/\s*(?:\/|\+|&|;|,|\band\b|\bplus\b|\bwith\b|\bw\/)\s*/);
  const parts = bySlash.length > 1 ? bySlash : bare.split(/(?<=[a-z]{4})-(?=[a-z]{4})/);
  const named = parts.map((part) => part.trim()).filter((part) => /[a-z]{3}/.test(part));
  return named.length > 1 ? named : [];
}
