"""python -m jnrf.train --data FILE --out DIR [--minutes M] [--resume] [--start-from CHECKPOINT]."""

import argparse
import json
import pickle
import random
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from .batches import stream
from .config import PRESETS, TrainConfig, as_dict
from .losses import entity_loss, relation_loss
from .model import Jnrf, save_checkpoint

MASK_TOKEN = 103
LOG_EVERY = 25
SAVE_SECONDS = 150


def parameter_groups(model: Jnrf, config: TrainConfig) -> list:
    """Two rates: inherited weights are adjusted, new ones learnt. Vectors carry no weight decay."""
    for parameter in model.encoder.frozen_parameters():
        parameter.requires_grad_(False)
    inherited = {id(parameter) for parameter in model.encoder.inherited_parameters()}
    groups = []
    for rate, is_old in ((config.lr_old, True), (config.lr_new, False)):
        for decayed in (True, False):
            chosen = [p for p in model.parameters()
                      if p.requires_grad and (id(p) in inherited) == is_old and (p.dim() > 1) == decayed]
            if chosen:
                groups.append({"params": chosen, "lr": rate, "base": rate,
                               "weight_decay": config.weight_decay if decayed else 0.0})
    return groups


def rate_at(progress: float, config: TrainConfig) -> float:
    """Share of the full rate at this share of the time: warm-up, then linear to zero."""
    if progress < config.warm_up:
        return progress / config.warm_up
    return max(0.0, (1 - progress) / (1 - config.warm_up))


def batch_loss(model: Jnrf, batch, config: TrainConfig, progress: float, chance: random.Random):
    """→ entity loss, relation loss (mean over the documents that have relations)."""
    ids = batch.ids.clone()
    hidden_words = (torch.rand(ids.shape) < config.word_dropout) & (batch.mask[..., 0] > 0)
    ids[hidden_words] = MASK_TOKEN
    hidden, logits = model.encoder(ids, batch.mask, chance.randrange(model.config.positions))
    entities = entity_loss(logits, batch.targets)
    losses = []
    for row, document in enumerate(batch.documents):
        count = len(document.ids)
        # Teacher forcing first: predictions only teach once they mostly make sense.
        loss = relation_loss(model, hidden[row, :count], logits[row, :count], document, config.span_jitter,
                             progress >= config.predicted_after, chance)
        if loss is not None:
            losses.append(loss)
    return entities, torch.stack(losses).mean() if losses else torch.zeros(())


def update_average(average: dict, model: Jnrf, decay: float) -> None:
    """Exponential moving average of the trained weights, in place."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                average[name].lerp_(parameter, 1 - decay)


def seed_everything(seed: int) -> random.Random:
    """Seed every generator; returns the one for Python's own choices."""
    torch.manual_seed(seed)
    np.random.seed(seed % 2**32)
    return random.Random(seed)


def train(documents: list, model: Jnrf, config: TrainConfig, out: Path, state: dict | None = None) -> None:
    """Train until the minutes are used up. `state`: the checkpoint to go on from."""
    torch.set_num_threads(config.threads)
    step, elapsed = (state["step"], state["elapsed"]) if state else (0, 0.0)
    chance = seed_everything(config.seed + step)
    groups = parameter_groups(model, config)
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98))
    average = {name: value.clone() for name, value in model.state_dict().items()}
    if state:
        bases = [group["base"] for group in groups]
        optimizer.load_state_dict(state["optimizer"])
        # A run may go on with other rates than it began with: the configuration rules.
        for group, base in zip(optimizer.param_groups, bases, strict=True):
            group["base"] = base
        average = state["averaged"]
    trained = [parameter for group in groups for parameter in group["params"]]
    started, saved, tokens, sums = time.monotonic() - elapsed, time.monotonic(), 0, np.zeros(2)
    batches = stream(documents, model.config, config, config.seed + step)

    def save() -> None:
        save_checkpoint(out / "checkpoint.pt", model=model.state_dict(), averaged=average,
                        optimizer=optimizer.state_dict(), step=step, elapsed=time.monotonic() - started,
                        model_config=as_dict(model.config), train_config=as_dict(config))

    model.train()
    while (progress := (time.monotonic() - started) / (60 * config.minutes)) < 1:
        batch = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = group["base"] * rate_at(progress, config)
        entities, relations = batch_loss(model, batch, config, progress, chance)
        (entities + config.relation_weight * relations).backward()
        torch.nn.utils.clip_grad_norm_(trained, config.clip)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        update_average(average, model, min(config.average, step / (step + 20)))
        tokens += batch.ids.numel()
        sums += [entities.item(), float(relations.detach())]
        if step % LOG_EVERY == 0:
            print(json.dumps({"step": step, "progress": round(progress, 4), "tokens": tokens,
                              "entities": round(sums[0] / LOG_EVERY, 4),
                              "relations": round(sums[1] / LOG_EVERY, 4)}), flush=True)
            sums[:] = 0
        if time.monotonic() - saved > SAVE_SECONDS:
            save()
            saved = time.monotonic()
    save()


def main() -> None:
    defaults = TrainConfig()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="what jnrf.pack wrote")
    parser.add_argument("--out", type=Path, required=True, help="directory of the checkpoint")
    parser.add_argument("--architecture", choices=sorted(PRESETS), default="converted")
    parser.add_argument("--minutes", type=float, default=defaults.minutes, help="wall time for the whole run")
    parser.add_argument("--seed", type=int, default=defaults.seed)
    parser.add_argument("--threads", type=int, default=defaults.threads)
    parser.add_argument("--resume", action="store_true", help="go on with the checkpoint in --out")
    parser.add_argument("--start-from", type=Path, help="take the weights (alone) of another checkpoint")
    arguments = parser.parse_args()
    config = replace(defaults, minutes=arguments.minutes, seed=arguments.seed, threads=arguments.threads)
    seed_everything(config.seed)
    model = Jnrf(PRESETS[arguments.architecture])
    model.encoder.load_minilm()
    state = None
    if arguments.resume:
        state = torch.load(arguments.out / "checkpoint.pt", weights_only=True)
        model.load_state_dict(state["model"])
    elif arguments.start_from:
        weights = torch.load(arguments.start_from, weights_only=True)["model"]
        missing, unexpected = model.load_state_dict(weights, strict=False)
        print(f"started from {arguments.start_from.name}; new: {len(missing)}, left out: {unexpected}", flush=True)
    train(pickle.loads(arguments.data.read_bytes()), model, config, arguments.out, state)


if __name__ == "__main__":
    main()
