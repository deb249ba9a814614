const words = (list: string): readonly string[] => list.trim().split(/\s+/);

/**
 * The TeX commands that a formula may use: signs, names of functions, and what arranges them. None of them defines a
 * command, reads a file, links, or sets an attribute, in any reader of TeX. Whatever is not here is text.
 */
export const COMMANDS: ReadonlySet<string> = new Set([
  // Letters and single signs.
  ...words(`
    aleph alpha angle backprime backslash Bbbk beta beth bigstar blacklozenge blacksquare blacktriangle
    blacktriangledown bot Box celsius checkmark chi circledR circledS clubsuit complement daleth degree delta Delta
    diagdown diagup Diamond diamondsuit digamma ell emptyset epsilon eta eth exists Finv flat forall Game gamma Gamma
    gimel hbar heartsuit hslash Im imath infty iota jmath kappa lambda Lambda lnot lozenge maltese measuredangle mho
    micro mu nabla natural neg nexists nu ohm omega Omega omicron partial perthousand phi Phi pi Pi prime psi Psi Re
    rho S sharp sigma Sigma spadesuit sphericalangle square tau theta Theta top triangle triangledown upsilon Upsilon
    varDelta varepsilon varGamma varkappa varLambda varnothing varOmega varphi varPhi varpi varPi varPsi varrho
    varsigma varSigma vartheta varTheta varUpsilon varXi wp xi Xi yen zeta
  `),
  // Operators, relations and arrows.
  ...words(`
    amalg approx approxeq ast asymp backepsilon backsim backsimeq barwedge because between bigcap bigcirc bigcup
    bigodot bigoplus bigotimes bigsqcup bigtriangledown bigtriangleup biguplus bigvee bigwedge blacktriangleleft
    blacktriangleright bowtie boxdot boxminus boxplus boxtimes bullet bumpeq Bumpeq cap Cap cdot cdotp cdots centerdot
    circ circeq circlearrowleft circlearrowright circledast circledcirc circleddash colon coloneqq cong coprod cup Cup
    curlyeqprec curlyeqsucc curlyvee curlywedge curvearrowleft curvearrowright dagger dashleftarrow dashrightarrow
    dashv ddagger ddots diamond div divideontimes doteq Doteq doteqdot dotplus dots dotsb dotsc dotsi dotsm dotso
    doublebarwedge doublecap doublecup downdownarrows downharpoonleft downharpoonright eqcirc eqsim eqslantgtr
    eqslantless equiv fallingdotseq frown ge geq geqq geqslant gets gg ggg gggtr gnapprox gneq gneqq gnsim gt gtrapprox
    gtrdot gtreqless gtreqqless gtrless gtrsim gvertneqq hookleftarrow hookrightarrow iff iiiint iiint iint impliedby
    implies in int intercal intop Join land ldotp ldots le leadsto leftarrow Leftarrow leftarrowtail leftharpoondown
    leftharpoonup leftleftarrows leftrightarrow Leftrightarrow leftrightarrows leftrightharpoons leftrightsquigarrow
    leftthreetimes leq leqq leqslant lessapprox lessdot lesseqgtr lesseqqgtr lessgtr lesssim lhd ll Lleftarrow lll
    llless lnapprox lneq lneqq lnsim longleftarrow Longleftarrow longleftrightarrow Longleftrightarrow longmapsto
    longrightarrow Longrightarrow looparrowleft looparrowright lor Lsh lt ltimes lvertneqq mapsto mid models mp
    multimap ncong ne nearrow neq ngeq ngeqq ngeqslant ngtr ni nleftarrow nLeftarrow nleftrightarrow nLeftrightarrow
    nleq nleqq nleqslant nless nmid not notin nparallel nprec npreceq nrightarrow nRightarrow nshortmid nshortparallel
    nsim nsubseteq nsubseteqq nsucc nsucceq nsupseteq nsupseteqq ntriangleleft ntrianglelefteq ntriangleright
    ntrianglerighteq nvdash nvDash nVdash nVDash nwarrow odot oint ominus oplus oslash otimes owns parallel perp
    pitchfork pm prec precapprox preccurlyeq preceq precnapprox precneqq precnsim precsim prod propto restriction rhd
    rightarrow Rightarrow rightarrowtail rightharpoondown rightharpoonup rightleftarrows rightleftharpoons
    rightrightarrows rightsquigarrow rightthreetimes risingdotseq Rrightarrow Rsh rtimes searrow setminus shortmid
    shortparallel sim simeq smallfrown smallint smallsetminus smallsmile smile sqcap sqcup sqsubset sqsubseteq sqsupset
    sqsupseteq star subset Subset subseteq subseteqq subsetneq subsetneqq succ succapprox succcurlyeq succeq
    succnapprox succneqq succnsim succsim sum supset Supset supseteq supseteqq supsetneq supsetneqq surd swarrow
    therefore thickapprox thicksim times to triangleleft trianglelefteq triangleq triangleright trianglerighteq
    twoheadleftarrow twoheadrightarrow unlhd unrhd upharpoonleft upharpoonright uplus upuparrows varpropto varsubsetneq
    varsubsetneqq varsupsetneq varsupsetneqq vartriangle vartriangleleft vartriangleright vdash vDash Vdash vdots vee
    veebar Vvdash wedge wr xleftarrow xrightarrow xleftrightarrow xLeftarrow xRightarrow xmapsto xrightleftharpoons
  `),
  // Brackets and their sizes.
  ...words(`
    arrowvert Arrowvert big Big bigg Bigg bigl Bigl biggl Biggl bigm Bigm biggm Biggm bigr Bigr biggr Biggr bracevert
    downarrow Downarrow langle lbrace lbrack lceil left lfloor lgroup llcorner lmoustache lparen lrcorner lvert lVert
    middle rangle rbrace rbrack rceil rfloor rgroup right rmoustache rparen rvert rVert ulcorner uparrow Uparrow
    updownarrow Updownarrow urcorner vert Vert
  `),
  // Functions.
  ...words(`
    arccos arcsin arctan arg bmod cos cosh cot coth csc deg det dim exp gcd hom inf injlim ker lg lim liminf limsup ln
    log max min mod operatorname pmod pod Pr projlim sec sin sinh sup tan tanh varinjlim varliminf varlimsup varprojlim
  `),
  // Structures, accents and spaces.
  ...words(`
    acute atop bar bcancel begin binom boxed bra Bra brace brack braket Braket breve cancel ce cfrac check choose cr
    dbinom ddddot dddot ddot dfrac displaystyle dot enspace end frac grave hat hline hphantom ket Ket LaTeX lim limits
    mathring newline nobreakspace nolimits nonumber notag over overbrace overleftarrow overleftrightarrow overline
    overrightarrow overset phantom pu qquad quad root scriptscriptstyle scriptstyle set Set sideset smash sqrt stackrel
    substack tbinom TeX textstyle tfrac thinspace tilde underbrace underleftarrow underleftrightarrow underline
    underrightarrow underset vec vphantom widehat widetilde xcancel
  `),
  // Fonts and words.
  ...words(`
    Bbb bf boldsymbol cal frak it mathbb mathbf mathbin mathcal mathclose mathfrak mathinner mathit mathnormal mathop
    mathopen mathord mathpunct mathrel mathrm mathscr mathsf mathtt mbox pmb rm scr sf text textbf textit textnormal
    textrm textsf texttt tt
  `),
]);

/** What stands between `\begin{…}` and `\end{…}`. */
export const ENVIRONMENTS: ReadonlySet<string> = new Set(
  words(`
    align align* alignat alignat* aligned alignedat array bmatrix Bmatrix cases dcases eqnarray eqnarray* equation
    equation* gather gather* gathered matrix multline multline* pmatrix rcases smallmatrix split subarray vmatrix
    Vmatrix
  `),
);
