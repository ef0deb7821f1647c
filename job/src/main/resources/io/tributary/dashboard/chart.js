'use strict';

/* The lines of all sources over the rounds. A few are in colour, with a dash and a name of their own; all others are
   grey, and come to the front one at a time. */
class Chart {
  static COLOURS = 7;
  static DASHES = [[], [7, 3], [2, 3], [10, 3, 2, 3], [], [7, 3], [2, 3]];
  static UNITS = {
    'bits-per-byte': ['bits per byte', value => value.toFixed(3)],
    'loss': ['nats per token', value => value.toFixed(3)],
    'tokens-per-second': ['tokens per second', value => Figures.count(value)],
    'bytes': ['bytes on the wire, per round', value => Figures.bytes(value)],
  };

  constructor(place, readout) {
    this.place = place;
    this.readout = readout;
    this.front = null;
    this.shape = '';
    new ResizeObserver(() => this.plot && this.plot.setSize(this.size())).observe(place);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.rebuild());
    place.addEventListener('keydown', event => this.key(event));
    place.addEventListener('blur', () => this.plot && this.plot.setCursor({left: -10, top: -10}));
  }

  /* series: as the server sends it; colours: a Map of name to a number below COLOURS. */
  show(series, metric, colours) {
    this.series = series;
    this.metric = metric;
    this.colours = colours;
    // The coloured ones are drawn last, on top.
    const names = Object.keys(series.values);
    this.names = names.filter(name => !colours.has(name)).concat(names.filter(name => colours.has(name)));
    const shape = JSON.stringify([metric, this.names, [...colours]]);
    if (this.plot && shape === this.shape) {
      this.plot.setData(this.data());
    } else {
      this.shape = shape;
      this.rebuild();
    }
    this.read();
  }

  bring(name) {
    this.front = name;
    if (!this.plot) return;
    this.names.forEach((each, i) => { this.plot.series[i + 1].width = this.width(each); });
    this.plot.redraw(false);
  }

  width(name) {
    return this.front === name ? 2.5 : this.colours.has(name) ? 2 : 1;
  }

  data() {
    return [this.series.rounds, ...this.names.map(name => this.series.values[name])];
  }

  size() {
    return {width: this.place.clientWidth, height: this.place.clientHeight};
  }

  colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  rebuild() {
    if (!this.series) return;
    if (this.plot) this.plot.destroy();
    const [unit] = Chart.UNITS[this.metric];
    const soft = this.colour('--soft'), grid = this.colour('--grid'), faint = this.colour('--faint');
    const palette = Array.from({length: Chart.COLOURS}, (_, i) => this.colour('--c' + i));
    const font = '12px ' + getComputedStyle(document.documentElement).fontFamily;
    const narrow = this.place.clientWidth < 560;
    const axis = {stroke: soft, font, labelFont: font, grid: {stroke: grid, width: 1}, ticks: {show: false}};
    const line = name => {
      const i = this.colours.get(name), fade = () => this.front !== null && this.front !== name;
      return {
        label: name,
        stroke: () => i !== undefined ? palette[i] + (fade() ? '55' : '')
          : this.front === name ? this.colour('--ink') : faint,
        width: this.width(name),
        dash: i !== undefined ? Chart.DASHES[i] : [],
        spanGaps: true,
        points: {show: this.series.rounds.length < 2},
      };
    };
    this.plot = new uPlot({
      ...this.size(),
      padding: [10, narrow ? 58 : 96, 0, 0],
      legend: {show: false},
      cursor: {y: false, points: {show: false}, drag: {x: false, y: false}, focus: {prox: 24}},
      scales: {x: {time: false}, y: {range: (plot, low, high) => this.range(low, high)}},
      series: [{}, ...this.names.map(line)],
      axes: [
        {...axis, label: 'round', labelSize: 20, size: 30, space: 60, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7],
          values: (plot, splits) => splits.map(Figures.count)},
        {...axis, label: unit, labelSize: 20, size: this.metric === 'bytes' ? 62 : 46, space: 44,
          values: (plot, splits, index, space, step) => splits.map(value => Figures.tick(value, step, this.metric))},
      ],
      hooks: {setCursor: [() => this.read()], draw: [plot => this.endNames(plot, palette, font)]},
    }, this.data(), this.place);
  }

  /* Without a value there is a range all the same; speeds and bytes begin at zero, so that they can be compared. */
  range(low, high) {
    if (low === null || high === null) return [0, 1];
    const room = (high - low || Math.abs(high) || 1) * 0.06;
    const fromZero = this.metric === 'tokens-per-second' || this.metric === 'bytes';
    return [fromZero ? 0 : Math.max(0, low - room), high + room];
  }

  /* A name stands where its line ends; names that would cover each other are moved apart. */
  endNames(plot, palette, font) {
    const {ctx, bbox} = plot, ratio = devicePixelRatio, step = 14 * ratio;
    const shown = this.names.filter(name => this.colours.has(name) || name === this.front);
    const ends = shown.map(name => {
      const values = this.series.values[name];
      let i = values.length - 1;
      while (i > 0 && values[i] === null) i--;
      return {name, y: values[i] === null || values.length === 0 ? NaN : plot.valToPos(values[i], 'y', true)};
    }).filter(end => !isNaN(end.y)).sort((a, b) => a.y - b.y);
    for (let i = 1; i < ends.length; i++) ends[i].y = Math.max(ends[i].y, ends[i - 1].y + step);
    const over = ends.length ? ends[ends.length - 1].y - (bbox.top + bbox.height) : 0;
    if (over > 0) {
      for (let i = ends.length - 1, most = bbox.top + bbox.height; i >= 0; i--, most -= step) {
        ends[i].y = Math.min(ends[i].y, most);
      }
    }
    ctx.save();
    ctx.font = font.replace('12px', `600 ${12 * ratio}px`);
    ctx.textBaseline = 'middle';
    ctx.textAlign = 'left';
    const room = plot.ctx.canvas.width - (bbox.left + bbox.width) - 10 * ratio;
    for (const {name, y} of ends) {
      const i = this.colours.get(name);
      ctx.fillStyle = i === undefined ? this.colour('--ink') : palette[i];
      ctx.globalAlpha = this.front !== null && this.front !== name ? 0.35 : 1;
      ctx.fillText(Figures.cut(name, text => ctx.measureText(text).width <= room), bbox.left + bbox.width + 8 * ratio, y);
    }
    ctx.restore();
  }

  key(event) {
    const last = this.series ? this.series.rounds.length - 1 : -1;
    const at = this.plot && this.plot.cursor.idx != null ? this.plot.cursor.idx : last;
    const to = {ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last}[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    const i = Math.min(last, Math.max(0, to));
    this.plot.setCursor({left: this.plot.valToPos(this.series.rounds[i], 'x'), top: 0});
  }

  /* The figures at the cursor, or the newest. */
  read() {
    const {rounds, values, width} = this.series, at = this.plot.cursor.idx;
    if (rounds.length === 0) return;
    const i = at == null ? rounds.length - 1 : Math.min(at, rounds.length - 1);
    const named = this.names.filter(name => this.colours.has(name) || name === this.front);
    const all = this.names.map(name => values[name][i]).filter(value => value !== null).sort((a, b) => a - b);
    const format = Chart.UNITS[this.metric][1];
    const first = Math.max(0, rounds[i] - width + 1);
    const head = document.createElement('b');
    head.textContent = width === 1 ? `Round ${Figures.count(rounds[i])}`
      : `Rounds ${Figures.count(first)} to ${Figures.count(rounds[i])}, mean`;
    const texts = named.map(name => `${name} ${values[name][i] === null ? '–' : format(values[name][i])}`);
    if (named.length < this.names.length && all.length > 0) {
      texts.push(`all ${this.names.length}: ${format(all[0])} to ${format(all[all.length - 1])}, median `
        + format(all[all.length >> 1]));
    }
    this.readout.replaceChildren(head, ...texts.map(text => {
      const span = document.createElement('span');
      span.textContent = text;
      return span;
    }));
  }
}

/* How figures are written. */
const Figures = {
  count: value => Math.round(value).toLocaleString('en').replaceAll(',', '\u202f'),
  /* Four digits at most and a unit. */
  short(value, units) {
    let i = 0;
    while (value >= 999.5 && i < units.length - 1) { value /= 1000; i++; }
    return (i === 0 ? Figures.count(value) : value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0))
      + units[i];
  },
  bytes: value => Figures.short(value, ['\u202fB', '\u202fkB', '\u202fMB', '\u202fGB', '\u202fTB']),
  big: value => Figures.short(value, ['', '\u202fk', '\u202fM', '\u202fG', '\u202fT']),
  tick(value, step, metric) {
    if (metric === 'bytes') return value === 0 ? '0' : Figures.bytes(value).replace(/\.0+(?=\u202f)/, '');
    if (metric === 'tokens-per-second') return Figures.count(value);
    return value.toFixed(Math.min(4, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9))));
  },
  cut(text, fits) {
    let shown = text;
    while (shown.length > 1 && !fits(shown)) shown = shown.replace(/…$/, '').slice(0, -1) + '…';
    return shown;
  },
};
