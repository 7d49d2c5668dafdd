package storefold;

import java.io.Reader;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.charfilter.HTMLStripCharFilter;
import org.apache.lucene.analysis.core.DecimalDigitFilter;
import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.core.LetterTokenizer;
import org.apache.lucene.analysis.core.UpperCaseFilter;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.en.EnglishMinimalStemFilter;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.en.KStemFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.LengthFilter;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.apache.lucene.analysis.miscellaneous.SetKeywordMarkerFilter;
import org.apache.lucene.analysis.miscellaneous.TrimFilter;
import org.apache.lucene.analysis.miscellaneous.TruncateTokenFilter;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenFilter;
import org.apache.lucene.analysis.ngram.NGramTokenFilter;
import org.apache.lucene.analysis.pattern.PatternReplaceCharFilter;
import org.apache.lucene.analysis.pattern.PatternReplaceFilter;
import org.apache.lucene.analysis.pattern.PatternTokenizer;
import org.apache.lucene.analysis.reverse.ReverseStringFilter;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.index.analysis.AbstractIndexAnalyzerProvider;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.Analysis;
import org.elasticsearch.index.analysis.AnalyzerProvider;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.NormalizingTokenFilterFactory;
import org.elasticsearch.index.analysis.PreBuiltAnalyzerProviderFactory;
import org.elasticsearch.index.analysis.PreConfiguredTokenFilter;
import org.elasticsearch.index.analysis.PreConfiguredTokenizer;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.indices.analysis.PreBuiltCacheFactory.CachingStrategy;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;
import org.tartarus.snowball.ext.EnglishStemmer;
import org.tartarus.snowball.ext.PorterStemmer;

/**
 * Registers Lucene's analysis components under the names, parameters and defaults that
 * Elasticsearch documents for them, because Elasticsearch's own module for this (analysis-common)
 * is not published as a library. Index settings written for the official image hold here unchanged;
 * a name that is not in these tables fails the index creation, never analyses differently.
 */
public final class AnalysisCommon extends Plugin implements AnalysisPlugin {

    private interface Filter {
        TokenStream wrap(TokenStream in);
    }

    private interface FilterOf {
        Filter from(Settings settings, Environment env);
    }

    /** Filters that a keyword normalizer may use too: they map one token to one token. */
    private static final Map<String, FilterOf> NORMALIZING = Map.of(
        "asciifolding", (s, e) -> {
            boolean keep = s.getAsBoolean("preserve_original", false);
            return in -> new ASCIIFoldingFilter(in, keep);
        },
        "lowercase", (s, e) -> {
            refuse(s, "language");
            return LowerCaseFilter::new;
        },
        "uppercase", (s, e) -> UpperCaseFilter::new,
        "decimal_digit", (s, e) -> DecimalDigitFilter::new,
        "trim", (s, e) -> TrimFilter::new,
        "reverse", (s, e) -> ReverseStringFilter::new);

    private static final Map<String, FilterOf> OTHER = Map.of(
        "porter_stem", (s, e) -> PorterStemFilter::new,
        "remove_duplicates", (s, e) -> RemoveDuplicatesTokenFilter::new,
        "kstem", (s, e) -> KStemFilter::new,
        "stemmer", (s, e) -> stemmer(s.get("language", s.get("name", "porter"))),
        "snowball", (s, e) -> snowball(s.get("language", s.get("name", "English"))),
        "edge_ngram", (s, e) -> {
            int min = s.getAsInt("min_gram", 1), max = s.getAsInt("max_gram", 2);
            boolean keep = s.getAsBoolean("preserve_original", false);
            refuse(s, "side");
            return in -> new EdgeNGramTokenFilter(in, min, max, keep);
        },
        "ngram", (s, e) -> {
            int min = s.getAsInt("min_gram", 1), max = s.getAsInt("max_gram", 2);
            boolean keep = s.getAsBoolean("preserve_original", false);
            return in -> new NGramTokenFilter(in, min, max, keep);
        },
        "length", (s, e) -> {
            int min = s.getAsInt("min", 0), max = s.getAsInt("max", Integer.MAX_VALUE);
            return in -> new LengthFilter(in, min, max);
        },
        "truncate", (s, e) -> {
            int length = s.getAsInt("length", 10);
            return in -> new TruncateTokenFilter(in, length);
        });

    /** These mean nothing without parameters; Elasticsearch builds them only where an index configures them. */
    private static final Map<String, FilterOf> CONFIGURED = Map.of(
        "keyword_marker", (s, e) -> {
            boolean fold = s.getAsBoolean("ignore_case", false);
            CharArraySet words = Analysis.parseWords(e, s, "keywords", new CharArraySet(0, fold), Map.of(), fold);
            refuse(s, "keywords_pattern");
            return in -> new SetKeywordMarkerFilter(in, words);
        },
        "pattern_replace", (s, e) -> {
            Pattern pattern = Pattern.compile(required(s, "pattern"));
            String replacement = s.get("replacement", "");
            boolean all = s.getAsBoolean("all", true);
            return in -> new PatternReplaceFilter(in, pattern, replacement, all);
        });

    /** The names that Elasticsearch lets an analyzer use without configuring them first. */
    private static final List<String> PRECONFIGURED = List.of(
        "asciifolding", "uppercase", "decimal_digit", "trim", "reverse", "porter_stem", "kstem",
        "stemmer", "snowball", "edge_ngram", "ngram", "length", "truncate", "remove_duplicates");

    private static final Map<String, Function<Settings, Supplier<Tokenizer>>> TOKENIZERS = Map.of(
        "whitespace", s -> WhitespaceTokenizer::new,
        "letter", s -> LetterTokenizer::new,
        "keyword", s -> KeywordTokenizer::new,
        "pattern", s -> {
            Pattern pattern = Pattern.compile(s.get("pattern", "\\W+"));
            int group = s.getAsInt("group", -1);
            return () -> new PatternTokenizer(pattern, group);
        });

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        Map<String, AnalysisProvider<TokenFilterFactory>> found = new HashMap<>();
        NORMALIZING.forEach((type, of) -> found.put(type, (index, env, name, s) -> new Normalizing(name, of.from(s, env))));
        OTHER.forEach((type, of) -> found.put(type, (index, env, name, s) -> plain(name, of.from(s, env))));
        CONFIGURED.forEach((type, of) -> found.put(type, AnalysisPlugin.requiresAnalysisSettings(
            (index, env, name, s) -> plain(name, of.from(s, env)))));
        return found;
    }

    @Override
    public List<PreConfiguredTokenFilter> getPreConfiguredTokenFilters() {
        return PRECONFIGURED.stream().map(name -> {
            boolean folds = NORMALIZING.containsKey(name);
            FilterOf of = folds ? NORMALIZING.get(name) : OTHER.get(name);
            Filter filter = of.from(Settings.EMPTY, null);
            return PreConfiguredTokenFilter.singleton(name, folds, filter::wrap);
        }).toList();
    }

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        Map<String, AnalysisProvider<TokenizerFactory>> found = new HashMap<>();
        TOKENIZERS.forEach((type, of) -> found.put(type, (index, env, name, s) -> TokenizerFactory.newFactory(name, of.apply(s))));
        return found;
    }

    @Override
    public List<PreConfiguredTokenizer> getPreConfiguredTokenizers() {
        return TOKENIZERS.entrySet().stream()
            .map(entry -> PreConfiguredTokenizer.singleton(entry.getKey(), entry.getValue().apply(Settings.EMPTY)))
            .toList();
    }

    @Override
    public Map<String, AnalysisProvider<CharFilterFactory>> getCharFilters() {
        return Map.of(
            "html_strip", (index, env, name, s) -> charFilter(name, HTMLStripCharFilter::new),
            "pattern_replace", AnalysisPlugin.requiresAnalysisSettings((index, env, name, s) -> {
                Pattern pattern = Pattern.compile(required(s, "pattern"));
                String replacement = s.get("replacement", "");
                return charFilter(name, in -> new PatternReplaceCharFilter(pattern, replacement, in));
            }));
    }

    @Override
    public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
        return Map.of("english", (index, env, name, s) -> new AbstractIndexAnalyzerProvider<EnglishAnalyzer>(name) {
            private final EnglishAnalyzer analyzer = new EnglishAnalyzer(
                Analysis.parseStopWords(env, s, EnglishAnalyzer.getDefaultStopSet()),
                Analysis.parseStemExclusion(s, CharArraySet.EMPTY_SET));

            @Override
            public EnglishAnalyzer get() {
                return analyzer;
            }
        });
    }

    @Override
    public List<PreBuiltAnalyzerProviderFactory> getPreBuiltAnalyzerProviderFactories() {
        return List.of(new PreBuiltAnalyzerProviderFactory("english", CachingStrategy.LUCENE, EnglishAnalyzer::new));
    }

    private static Filter stemmer(String language) {
        return switch (language.toLowerCase(Locale.ROOT)) {
            case "porter", "english" -> PorterStemFilter::new;
            case "porter2" -> in -> new SnowballFilter(in, new EnglishStemmer());
            case "light_english", "lightenglish", "kstem" -> KStemFilter::new;
            case "minimal_english", "minimalenglish" -> EnglishMinimalStemFilter::new;
            case "possessive_english", "possessiveenglish" -> EnglishPossessiveFilter::new;
            default -> throw new IllegalArgumentException("this node has no stemmer for [" + language + "]");
        };
    }

    private static Filter snowball(String language) {
        return switch (language.toLowerCase(Locale.ROOT)) {
            case "english" -> in -> new SnowballFilter(in, new EnglishStemmer());
            case "porter" -> in -> new SnowballFilter(in, new PorterStemmer());
            default -> throw new IllegalArgumentException("this node has no snowball for [" + language + "]");
        };
    }

    private static TokenFilterFactory plain(String name, Filter filter) {
        return new AbstractTokenFilterFactory(name) {
            @Override
            public TokenStream create(TokenStream in) {
                return filter.wrap(in);
            }
        };
    }

    private static final class Normalizing extends AbstractTokenFilterFactory implements NormalizingTokenFilterFactory {
        private final Filter filter;

        Normalizing(String name, Filter filter) {
            super(name);
            this.filter = filter;
        }

        @Override
        public TokenStream create(TokenStream in) {
            return filter.wrap(in);
        }
    }

    private static CharFilterFactory charFilter(String name, UnaryOperator<Reader> wrap) {
        return new CharFilterFactory() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Reader create(Reader in) {
                return wrap.apply(in);
            }
        };
    }

    private static String required(Settings s, String key) {
        if (s.get(key) == null) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return s.get(key);
    }

    /** A documented parameter that changes the tokens and is not built here must not be ignored. */
    private static void refuse(Settings s, String key) {
        if (s.get(key) != null) {
            throw new IllegalArgumentException("this node does not implement [" + key + "]");
        }
    }
}
